import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../config/config-error.js';
import type { Env } from '../config/read-env.js';
import type { RunningApp } from './boot.js';
import { checkDescriptorLimit } from './descriptor-limit.js';

/**
 * Starts apps and returns them in shutdown order: each app is closed before the next one leaves rotation. The first
 * app serves other processes; each later app is called by the apps before it.
 */
export type Mount = (env: Env) => Promise<readonly [RunningApp, ...RunningApp[]]>;

/**
 * Runs a process: mounts the apps, waits for SIGTERM or SIGINT, leaves rotation, waits until senders have noticed,
 * finishes requests in flight, and exits with 0. A second signal ends the process at once. A failed start-up writes
 * one line to standard error and exits with 1.
 */
export async function run(mount: Mount): Promise<void> {
  // A signal during start-up is handled after the start-up, when the apps can be stopped in order.
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
  const timeoutMs = Math.max(...apps.map((app) => app.shutdownTimeoutMs));
  setTimeout(() => exitAfterTimeout(outermost), timeoutMs).unref();
  const delayMs = delayAfter(signal, outermost);
  outermost.logger.info({ signal, delayMs }, 'Shutdown started; leaving rotation');
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

// SIGINT is Ctrl-C: in a terminal there is no load balancer that has to notice.
const delayAfter = (signal: NodeJS.Signals, { shutdownDelayMs }: RunningApp): number =>
  signal === 'SIGINT' ? 0 : shutdownDelayMs;

function exitAfterTimeout({ logger }: RunningApp): void {
  logger.warn('Shutdown timeout reached; work in flight is cut off');
  process.exit(0);
}
