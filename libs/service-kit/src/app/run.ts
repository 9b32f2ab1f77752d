import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../config/config-error.js';
import { announceReady, announceStopped } from '../logging/announce.js';
import { standardOutput } from '../logging/log-output.js';
import type { Env } from '../config/read-env.js';
import type { RunningApp } from './boot.js';
import { checkDescriptorLimit } from './descriptor-limit.js';

/**
 * Starts apps and returns them in shutdown order: each app is closed before the next one leaves rotation. The first
 * app serves other processes; each later app is called by the apps before it.
 */
export type Mount = (env: Env) => Promise<readonly [RunningApp, ...RunningApp[]]>;

type Apps = Awaited<ReturnType<Mount>>;

/** Logs the last line of the start of apps, once they are ready. */
export type Announce = (apps: Apps) => void | Promise<void>;

/** Announces an app that was mounted alone, by its own URL. */
const announceAlone: Announce = async ([app]) => {
  await app.firstRegistration;
  announceReady(app.logger, { name: app.name, url: app.url });
};

/**
 * Runs a process: mounts the apps, waits for SIGTERM or SIGINT, leaves rotation, waits until senders have noticed,
 * finishes requests in flight, and exits with 0. A second signal ends the process at once. A failed start-up writes
 * one line to standard error and exits with 1. SIGUSR2 shows debug messages for ten minutes, a second one ends that.
 */
export async function run(mount: Mount, announce: Announce = announceAlone): Promise<void> {
  // A signal during start-up is handled after the start-up, when the apps can be stopped in order.
  const signalled = firstSignal();
  try {
    const apps = await mount(process.env);
    checkDescriptorLimit(apps[0].logger);
    toggleLevelOnSignal(apps);
    void signalled.then((signal) => stop(apps, signal));
    void Promise.resolve(announce(apps));
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    process.exit(1);
  }
}

/** Windows has no SIGUSR2. */
function toggleLevelOnSignal(apps: Apps): void {
  if (process.platform === 'win32') return;
  const levels = new Set(apps.map(({ logLevel }) => logLevel));
  process.on('SIGUSR2', (source) => levels.forEach((level) => level.toggle({ source })));
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

async function stop(apps: Apps, signal: NodeJS.Signals): Promise<void> {
  const [outermost, ...inner] = apps;
  const timeoutMs = Math.max(...apps.map((app) => app.shutdownTimeoutMs));
  // Not unreferenced: without open sockets the process would end before the last step.
  setTimeout(() => exitAfterTimeout(apps), timeoutMs);
  const delayMs = delayAfter(signal, outermost);
  outermost.logger.info({ signal, delayMs }, 'Shutdown started; leaving rotation');
  await outermost.leave();
  if (delayMs > 0) await sleep(delayMs);
  // Those of inner apps, too: they pass through the outermost one, whose close waits for them.
  for (const app of apps) app.endStreams();
  if (delayMs > 0) await outermost.drain();
  await outermost.close();
  for (const app of inner) {
    await app.leave();
    await app.close();
  }
  await end(apps);
}

// SIGINT is Ctrl-C: in a terminal there is no load balancer that has to notice.
const delayAfter = (signal: NodeJS.Signals, { shutdownDelayMs }: RunningApp): number =>
  signal === 'SIGINT' ? 0 : shutdownDelayMs;

function exitAfterTimeout(apps: Apps): void {
  apps[0].logger.warn('Shutdown timeout reached; work in flight is cut off');
  void end(apps);
}

async function end(apps: Apps): Promise<void> {
  announceStopped(apps[0].logger, apps);
  // At exit, a write in flight and the lines after it would be written in any order.
  await standardOutput.flush();
  process.exit(0);
}
