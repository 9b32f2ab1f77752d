import { stat } from 'node:fs/promises';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { LivePolicyFile } from './live-policy-file.js';

const POLL_INTERVAL_MS = 250;

/**
 * Reloads the policy file when it changes, and at once on SIGHUP. The file is polled, like the instances file: a mounted
 * file (a ConfigMap is a symbolic link that moves) triggers no watcher.
 */
export class PolicyFileWatch implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;
  /** The state of the file when a poll last loaded it, and at the last poll. */
  private loaded: string | undefined;
  private polled: string | undefined;
  private readonly onSignal = (): void => this.reload('SIGHUP');

  constructor(
    private readonly file: LivePolicyFile,
    private readonly logger: AppContext['logger'],
  ) {}

  onModuleInit(): void {
    process.on('SIGHUP', this.onSignal);
    this.timer = setInterval(() => void this.poll(), POLL_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    process.off('SIGHUP', this.onSignal);
    clearInterval(this.timer);
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    const state = await stateOf(this.file.path);
    this.isPolling = false;
    const isStable = state === this.polled;
    this.polled = state;
    // A file that is still being written would be read in part.
    if (!isStable || state === this.loaded) return;
    this.loaded = state;
    this.reload('change');
  }

  private reload(trigger: 'change' | 'SIGHUP'): void {
    const { file, logger } = this;
    const outcome = file.reload();
    const { path, lastError } = file;
    const { revision } = file.current;
    if (lastError) {
      const { problems } = lastError;
      logger.error({ trigger, revision, problems }, 'Policy file invalid; the previous one stays in effect');
    } else if (outcome === 'changed' || trigger === 'SIGHUP')
      logger.info({ trigger, path, revision }, `Policy file reloaded; it is ${outcome}`);
  }
}

/** A text that changes whenever the file does; it follows symbolic links. */
async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
