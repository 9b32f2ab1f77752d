import { StartupError } from '../config/config-error.js';
import type { Env } from '../config/read-env.js';
import type { RunningApp } from './boot.js';

/** Starts apps and returns them in the order in which they have to stop: one app is gone before the next one leaves. */
export type Mount = (env: Env) => Promise<readonly RunningApp[]>;

/**
 * The life of a process: mounts, waits for SIGTERM or SIGINT, leaves rotation, finishes what is in flight, exits 0.
 * A second signal ends at once. A start-up that fails is one line on standard error and exit code 1.
 */
export async function run(mount: Mount): Promise<void> {
  try {
    const apps = await mount(process.env);
    onSignal(() => void stop(apps));
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    process.exit(1);
  }
}

function onSignal(first: () => void): void {
  let signals = 0;
  const handle = (): void => {
    signals += 1;
    if (signals === 1) first();
    else process.exit(130);
  };
  process.on('SIGTERM', handle).on('SIGINT', handle);
}

async function stop(apps: readonly RunningApp[]): Promise<void> {
  const longest = Math.max(...apps.map((app) => app.shutdownTimeoutMs));
  setTimeout(() => giveUp(apps), longest).unref();
  for (const app of apps) {
    await app.leave();
    await app.close();
  }
  process.exit(0);
}

function giveUp(apps: readonly RunningApp[]): void {
  apps[0]?.logger.warn('work in flight did not finish in time and is cut off');
  process.exit(0);
}
