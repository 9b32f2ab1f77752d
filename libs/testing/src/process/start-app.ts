import type { LaunchedProcess } from './launched-process.js';
import { launchNode, listeningUrlOf, type Environment } from './start-system.js';

/** One built app in a process of its own. */
export interface AppProcess {
  readonly process: LaunchedProcess;
  /** The URL at which it listens. */
  readonly url: string;
}

/** Starts an app of `apps/` by its name and waits until it listens. `env` sets the port. */
export async function startApp(name: string, env: Environment): Promise<AppProcess> {
  const process = launchNode(`dist/apps/${name}/src/main.js`, [], env);
  await process.waitForOutput(/"url":"[^"]+","msg":"\S+ listens on /);
  return { process, url: listeningUrlOf(name, process.stdout) };
}
