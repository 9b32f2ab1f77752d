import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { portVariableOf, SERVICES } from '#scripts/lib/services.mjs';
import { LaunchedProcess } from './launched-process.js';
import { ROOT } from './root.js';

/** The two mounts: one process, or one process per app. */
export const MOUNTS = ['monolith', 'split'] as const;
export type Mount = (typeof MOUNTS)[number];

export type Environment = Readonly<Record<string, string>>;

const PROGRAMS: Readonly<Record<Mount, string>> = {
  monolith: 'dist/apps/monolith/src/main.js',
  split: 'scripts/start-split.mjs',
};

/** The system selects the ports, so that any number of systems can run side by side. */
export const FREE_PORTS: Environment = {
  GATEWAY_PORT: '0',
  ...Object.fromEntries(SERVICES.map((name) => [portVariableOf(name), '0'])),
};

// Settings of the developer must not affect the tests.
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG'];

// Most tests have no load balancer in front that would need time to notice a shutdown.
const NO_DELAY: Environment = { SHUTDOWN_DELAY_SECONDS: '0' };

/** An environment without the developer's settings. */
export function plainEnvironment(extra: Environment = {}): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...NO_DELAY, ...extra };
}

/** Runs one of the workspace's programs with node. */
export const launchNode = (
  program: string,
  args: readonly string[] = [],
  env: Environment = {},
): LaunchedProcess => new LaunchedProcess(process.execPath, [program, ...args], plainEnvironment(env));

/** Starts a mount without waiting for it. */
export function launchSystem(mount: Mount, env: Environment): LaunchedProcess {
  if (!existsSync(join(ROOT, 'dist/.built')))
    throw new Error('dist/ does not exist: run "npm run build" first');
  return launchNode(PROGRAMS[mount], [], { ...FREE_PORTS, ...env });
}

/** The line that reports that a system is ready: the URL for operators, and with `ADMIN_PORT` that for clients. */
export const READY = /"msg":"ready: open ([^\s;"]+)(?:; clients use ([^\s;"]+))?;/;

/** A system that is ready. */
export interface RunningSystem {
  readonly process: LaunchedProcess;
  /** URL of the gateway. */
  readonly url: string;
  /** URL at which an app of the system listens. */
  urlOf(app: string): string;
}

/**
 * Starts a mount on free ports and waits until it reports that it is ready. `env` must contain DATA_DIR or
 * DATABASE_URL.
 */
export async function startSystem(mount: Mount, env: Environment): Promise<RunningSystem> {
  const process = launchSystem(mount, env);
  const [, url] = await process.waitForOutput(READY);
  return { process, url: url!, urlOf: (app) => listeningUrlOf(app, process.stdout) };
}

/**
 * The URL at which an app listens, from its output.
 * @throws when the output has none.
 */
export function listeningUrlOf(app: string, output: string): string {
  const [, url] = new RegExp(`"app":"${app}","url":"([^"]+)"`).exec(output) ?? [];
  if (url === undefined) throw new Error(`${app} did not report its URL:\n${output}`);
  return url;
}
