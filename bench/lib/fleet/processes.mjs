import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pinned } from '../machine.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'fleet-'));
const running = new Set();
/** A start needs a second of CPU, which may take long on a busy machine. */
const START_TIMEOUT_MS = 120_000;

/** Waits until `condition` holds, and returns the time, milliseconds. @throws after `timeoutMs` */
export async function until(what, condition, timeoutMs = 30_000) {
  const since = performance.now();
  while (
    !(await Promise.resolve()
      .then(condition)
      .catch(() => false))
  ) {
    if (performance.now() - since > timeoutMs) throw new Error(`timed out waiting for ${what}`);
    await sleep(10);
  }
  return performance.now() - since;
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

// Debian installs servers into folders that are on root's PATH only.
function program(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (!found) throw new Error(`${name} is not installed: apt-get install redis-server nginx-light`);
  return found;
}

/** @param role `gateway` or `load`: pins the process to separate cores if there are several */
export function launch(command, args, env = {}, role = undefined) {
  const [file, argv] = role === undefined ? [command, args] : pinned(role, command, args);
  const child = spawn(file, argv, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return code ?? signal;
  });
  return { child, exited, pid: child.pid };
}

/** One app at one address, which stays the same after a restart. */
export class App {
  #process;

  constructor(name, port, env, role) {
    Object.assign(this, { name, port, env, role, url: `http://127.0.0.1:${port}` });
  }

  get pid() {
    return this.#process.pid;
  }

  async start() {
    const env = { LOG_LEVEL: 'ERROR', SHUTDOWN_DELAY_SECONDS: '3', ...this.env };
    this.#process = launch(process.execPath, [`dist/apps/${this.name}/src/main.js`], env, this.role);
    const ready = async () => (await fetch(`${this.url}/health/ready`)).ok;
    await Promise.race([
      until(`${this.name} to be ready`, ready, START_TIMEOUT_MS),
      this.#process.exited.then((how) => Promise.reject(new Error(`${this.name} failed to start: ${how}`))),
    ]);
    return this;
  }

  /** Sends a signal and returns how the process ended. */
  end(signal) {
    this.#process.child.kill(signal);
    return this.#process.exited;
  }
}

/** @param role `gateway`: pins the process to a core of its own */
export async function startGateway(env = {}, role = undefined) {
  const port = await freePort();
  const address = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: String(port) };
  return new App('gateway', port, { ...address, ...env }, role).start();
}

/** Starts a user service; all copies share one embedded store. */
export async function startUsers(registry) {
  const port = await freePort();
  const env = { USER_SERVICE_PORT: String(port), REGISTRY_URL: registry, DATA_DIR: join(directory, 'data') };
  return new App('user-service', port, env).start();
}

/** Starts Redis without persistence; on the port of an earlier server, it starts empty. */
export async function startRedis(at) {
  const port = at ?? (await freePort());
  const args = [
    '--bind',
    '127.0.0.1',
    '--port',
    port,
    '--save',
    '',
    '--logfile',
    '/dev/null',
    '--dir',
    directory,
  ];
  const server = launch(program('redis-server'), args.map(String));
  return { ...server, port, url: `redis://127.0.0.1:${port}` };
}

/** Starts nginx with nginx/nginx.conf, except for addresses and paths. */
export async function startNginx(gateways) {
  const port = await freePort();
  const servers = gateways.map(({ port: at }) => `server 127.0.0.1:${at} $1`).join('\n');
  const text = readFileSync(join(ROOT, 'nginx/nginx.conf'), 'utf8')
    .replace(/\/tmp\/nginx/g, join(directory, 'nginx'))
    .replace(/server gateway:8000 resolve (.*;)/g, servers)
    .replace(/listen 80 /, `listen 127.0.0.1:${port} `)
    .replace(/\/dev\/stdout/, join(directory, 'access.log'))
    .replace(/\/etc\/nginx\//g, `${directory}/`);
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, text);
  const args = ['-p', directory, '-c', file, '-e', '/dev/null', '-g', 'daemon off;'];
  const server = launch(program('nginx'), args);
  const url = `http://127.0.0.1:${port}`;
  await until('nginx', async () => (await fetch(`${url}/nginx-health`)).ok);
  return { ...server, url };
}

/** CPU seconds and resident megabytes of a process so far; Linux only. */
export function spentBy(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, megabytes: Number(memory[1]) / 1024 };
}

/** Ends all running processes, nginx with its workers. */
export async function endAll() {
  const left = [...running];
  const gone = left.map((child) => once(child, 'exit'));
  for (const child of left) child.kill(child.spawnfile.endsWith('nginx') ? 'SIGTERM' : 'SIGKILL');
  await Promise.all(gone);
}

/** Ends all running processes and removes their files. */
export async function cleanUp() {
  await endAll();
  rmSync(directory, { recursive: true, force: true });
}
