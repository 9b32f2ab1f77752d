import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../config/config-error.js';
import type { Env } from '../config/read-env.js';
import type { RunningApp } from './boot.js';
import { checkDescriptorLimit } from './descriptor-limit.js';

/**
 * Starts apps and returns them in the order in which they have to stop: one app is gone before the next one leaves. The
 * first is whom other processes call; the others are called by those before them.
 */
export type Mount = (env: Env) => Promise<readonly [RunningApp, ...RunningApp[]]>;

/**
 * The life of a process: mounts, waits for SIGTERM or SIGINT, leaves rotation, gives those who send work time to notice,
 * finishes what is in flight, exits 0. A second signal ends at once. A start-up that fails is one line on standard error
 * and exit code 1.
 */
export async function run(mount: Mount): Promise<void> {
  // A signal during start-up waits until there is something that can be stopped in order.
  const signalled = firstSignal();
  try {
    const apps = await mount(process.env);
    checkDescriptorLimit(apps[0].logger);
    void signalled.then((signal) => stop(apps, signal));
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    process.exit(1);
  }
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signals = 0;
    const handle = (signal: NodeJS.Signals): void => {
      signals += 1;
      if (signals === 1) resolve(signal);
      else process.exit(130);
    };
    process.on('SIGTERM', handle).on('SIGINT', handle);
  });
}

async function stop(
  [outermost, ...inner]: Awaited<ReturnType<Mount>>,
  signal: NodeJS.Signals,
): Promise<void> {
  const apps = [outermost, ...inner];
  const longest = Math.max(...apps.map((app) => app.shutdownTimeoutMs));
  setTimeout(() => giveUp(outermost), longest).unref();
  const delayMs = delayAfter(signal, outermost);
  outermost.logger.info({ signal, delayMs }, 'leaves rotation');
  await outermost.leave();
  if (delayMs > 0) {
    await sleep(delayMs);
    await outermost.drain();
  }
  await outermost.close();
  for (const app of inner) {
    await app.leave();
    await app.close();
  }
  process.exit(0);
}

// SIGINT is Ctrl-C: a person at a terminal has no load balancer that would have to notice.
const delayAfter = (signal: NodeJS.Signals, { shutdownDelayMs }: RunningApp): number =>
  signal === 'SIGINT' ? 0 : shutdownDelayMs;

function giveUp({ logger }: RunningApp): void {
  logger.warn('work in flight did not finish in time and is cut off');
  process.exit(0);
}
