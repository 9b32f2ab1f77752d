import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as testing from '#testing';
import { freePort, LaunchedProcess, plainEnvironment, tempDir, waitFor } from '#testing';
import { pinned } from '../machine.mjs';

const directory = tempDir('fleet-');
/** Apps and servers of the current drill. */
const started = [];
/** A start needs a second of CPU, which may take long on a busy machine. */
const START_TIMEOUT_MS = 120_000;

function stopLater(process) {
  started.push(process);
  return process;
}

/** Waits until `condition` is met, and returns the time, milliseconds. @throws after `timeoutMs` */
export async function until(what, condition, timeoutMs = 30_000) {
  const since = performance.now();
  await waitFor(what, condition, timeoutMs);
  return performance.now() - since;
}

/** @param role `gateway` or `load`: pins the process to separate cores if there are several */
export function launch(command, args, env = {}, role = undefined) {
  const [file, argv] = role === undefined ? [command, args] : pinned(role, command, args);
  return new LaunchedProcess(file, argv, plainEnvironment(env));
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
    const failed = ({ code, signal }) =>
      Promise.reject(new Error(`${this.name} failed to start: ${code ?? signal}\n${this.#process.stderr}`));
    await Promise.race([
      until(`${this.name} to be ready`, ready, START_TIMEOUT_MS),
      this.#process.exited.then(failed),
    ]);
    return this;
  }

  /** Sends a signal and returns how the process ended. */
  async end(signal) {
    this.#process.signal(signal);
    const exit = await this.#process.exited;
    return exit.code ?? exit.signal;
  }

  stop() {
    return this.end('SIGKILL');
  }
}

/** @param role `gateway`: pins the process to a core of its own */
export async function startGateway(env = {}, role = undefined) {
  const port = await freePort();
  const address = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: String(port) };
  return stopLater(new App('gateway', port, { ...address, ...env }, role)).start();
}

/** Starts a user service; all copies share one embedded store. */
export async function startUsers(registry) {
  const port = await freePort();
  const DATA_DIR = join(directory.path, 'data');
  const env = { USER_SERVICE_PORT: String(port), REGISTRY_URL: registry, DATA_DIR };
  return stopLater(new App('user-service', port, env)).start();
}

/** Starts Redis without persistence; on the port of an earlier server, it starts empty. */
export const startRedis = async (port) => stopLater(await testing.startRedis(port));

/** Starts nginx with nginx/nginx.conf, except for addresses and paths. */
export const startNginx = async (gateways) =>
  stopLater(await testing.startNginx(gateways.map(({ port }) => `127.0.0.1:${port}`)));

/** CPU seconds and resident megabytes of a process so far; Linux only. */
export function usageOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, megabytes: Number(memory[1]) / 1024 };
}

/** Ends all apps and servers. */
export const endAll = () => Promise.all(started.splice(0).map((process) => process.stop()));

/** Ends all running processes and removes their files. */
export async function cleanUp() {
  await endAll();
  await testing.endProcesses();
  directory.remove();
}
