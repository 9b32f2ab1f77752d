import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/** Ports that the system chooses: any number of systems run side by side. */
const FREE_PORTS: Environment = {
  GATEWAY_PORT: '0',
  USER_SERVICE_PORT: '0',
  ORDER_SERVICE_PORT: '0',
  PRODUCT_SERVICE_PORT: '0',
};

// What the developer has set must not change what the tests see.
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG'];

// Nothing balances over what most tests start, so nothing has to notice that it stops.
const NO_DELAY: Environment = { SHUTDOWN_DELAY_SECONDS: '0' };

/** An environment with nothing of the developer's own settings in it. */
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
    throw new Error('dist/ is not there: run "npm run build" first');
  return launchNode(PROGRAMS[mount], [], { ...FREE_PORTS, ...env });
}

/** A system that is ready. */
export interface RunningSystem {
  readonly process: LaunchedProcess;
  /** Where the gateway answers. */
  readonly url: string;
  /** Where an app of it listens. */
  urlOf(app: string): string;
}

/** Starts a mount on free ports and waits until it says that it is ready. `env` has to name a DATA_DIR or DATABASE_URL. */
export async function startSystem(mount: Mount, env: Environment): Promise<RunningSystem> {
  const process = launchSystem(mount, env);
  const [, url] = await process.waitForOutput(/^ready: open (\S+)$/m);
  return { process, url: url!, urlOf: (app) => listeningUrlOf(app, process.stdout) };
}

/** Where an app said that it listens. @throws when it did not */
export function listeningUrlOf(app: string, output: string): string {
  const [, url] = new RegExp(`"app":"${app}","url":"([^"]+)"`).exec(output) ?? [];
  if (url === undefined) throw new Error(`${app} did not say where it listens:\n${output}`);
  return url;
}
