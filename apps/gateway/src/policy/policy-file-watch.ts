import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { FileWatch } from './file-watch.js';
import type { LivePolicyFile } from './live-policy-file.js';

/** Reloads the policy file when it or a file that it names changes, and at once on SIGHUP if this process is its own. */
export class PolicyFileWatch implements OnModuleInit, OnModuleDestroy {
  private readonly watches = new Map<string, FileWatch>();
  private reloaded = Promise.resolve();
  private isClosed = false;
  private readonly onSignal = (): void => this.reload('SIGHUP');

  constructor(
    private readonly file: LivePolicyFile,
    private readonly context: Pick<AppContext, 'logger' | 'handlesSignals'>,
  ) {}

  onModuleInit(): void {
    if (this.context.handlesSignals) process.on('SIGHUP', this.onSignal);
    this.followPaths();
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    process.off('SIGHUP', this.onSignal);
    for (const watch of this.watches.values()) watch.close();
  }

  private followPaths(): void {
    const { watches, file } = this;
    for (const [path, watch] of watches) {
      if (file.paths.has(path)) continue;
      watch.close();
      watches.delete(path);
    }
    for (const path of file.paths)
      if (!watches.has(path)) watches.set(path, new FileWatch(path, () => this.reload('change')));
  }

  /** One after the other: a guard takes its time. */
  private reload(trigger: 'change' | 'SIGHUP'): void {
    this.reloaded = this.reloaded
      .then(() => this.reloadNow(trigger))
      .catch((err: unknown) =>
        this.context.logger.error(
          { err, trigger },
          'Policy file reload failed unexpectedly; later changes are read',
        ),
      );
  }

  private async reloadNow(trigger: 'change' | 'SIGHUP'): Promise<void> {
    const { file } = this;
    const { logger } = this.context;
    const outcome = await file.reload();
    if (this.isClosed) return;
    this.followPaths();
    const { path, lastError, lastVerdict } = file;
    const { revision } = file.current;
    const decisions = lastVerdict?.decisions;
    if (lastError) {
      const { problems, isRefused } = lastError;
      const fault = isRefused ? 'refused' : 'invalid';
      logger.error(
        { trigger, revision, problems, ...(isRefused && { decisions }) },
        `Policy file ${fault}; the previous one stays in effect`,
      );
    } else if (outcome === 'changed' || trigger === 'SIGHUP')
      logger.info(
        { trigger, path, revision, ...(outcome === 'changed' && { decisions }) },
        `Policy file reloaded; it is ${outcome}`,
      );
  }
}
