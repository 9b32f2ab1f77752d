import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { LaunchedProcess } from '../process/launched-process.js';
import { ROOT } from '../process/root.js';
import { plainEnvironment } from '../process/start-system.js';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';

/** nginx with the project's own configuration. */
export interface TestNginx {
  readonly url: string;
  readonly process: LaunchedProcess;
  /** The access log so far. */
  accessLog(): readonly AccessLogLine[];
  stop(): Promise<void>;
}

/** One line of nginx's access log; only the members that suites read. */
export interface AccessLogLine {
  readonly requestId: string;
  readonly client: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly gateway: string;
  readonly gatewayStatus: string;
}

/**
 * Starts nginx in front of `gateways` (`host:port`) with `nginx/nginx.conf`. Only addresses and paths are replaced.
 * @throws when nginx is not installed, or rejects the file
 */
export async function startNginx(gateways: readonly string[]): Promise<TestNginx> {
  const program = findProgram('nginx');
  if (program === undefined) throw new Error('nginx is not installed');
  const directory = tempDir('nginx-');
  const port = await freePort();
  const file = join(directory.path, 'nginx.conf');
  writeFileSync(file, configuration(gateways, port, directory.path));
  const args = ['-p', directory.path, '-c', file, '-e', 'stderr', '-g', 'daemon off;'];
  const process = new LaunchedProcess(program, args, plainEnvironment());
  const url = `http://127.0.0.1:${port}`;
  const isHealthy = async (): Promise<boolean> => (await fetch(`${url}/nginx-health`)).ok;
  await Promise.race([waitFor(`nginx at ${url}`, isHealthy), failsWhenEnded(process)]);
  return {
    url,
    process,
    accessLog: () => linesOf(readFileSync(join(directory.path, 'access.log'), 'utf8')),
    stop: async () => {
      await process.stop();
      directory.remove();
    },
  };
}

async function failsWhenEnded(process: LaunchedProcess): Promise<never> {
  await process.exited;
  throw new Error(`nginx ended:\n${process.stderr}`);
}

const linesOf = (log: string): AccessLogLine[] =>
  log
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AccessLogLine);

function configuration(gateways: readonly string[], port: number, directory: string): string {
  const text = readFileSync(join(ROOT, 'nginx/nginx.conf'), 'utf8');
  const replacements: readonly (readonly [from: RegExp, to: string])[] = [
    [/\/tmp\/nginx/g, join(directory, 'nginx')],
    [/server gateway:8000 resolve (.*;)/g, gateways.map((address) => `server ${address} $1`).join('\n')],
    [/listen 80 /, `listen 127.0.0.1:${port} `],
    [/\/dev\/stdout/, join(directory, 'access.log')],
    [/\/etc\/nginx\//, `${directory}/`],
  ];
  return replacements.reduce((result, [from, to]) => replaced(result, from, to), text);
}

function replaced(text: string, from: RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nginx.conf does not match ${String(from)}`);
  return result;
}
