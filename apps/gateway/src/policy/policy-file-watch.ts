import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { FileWatch } from './file-watch.js';
import type { LivePolicyFile } from './live-policy-file.js';

/** Reloads the policy file when it or a file that it names changes, and at once on SIGHUP. */
export class PolicyFileWatch implements OnModuleInit, OnModuleDestroy {
  private readonly watches = new Map<string, FileWatch>();
  private readonly onSignal = (): void => this.reload('SIGHUP');

  constructor(
    private readonly file: LivePolicyFile,
    private readonly logger: AppContext['logger'],
  ) {}

  onModuleInit(): void {
    process.on('SIGHUP', this.onSignal);
    this.followPaths();
  }

  onModuleDestroy(): void {
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

  private reload(trigger: 'change' | 'SIGHUP'): void {
    const { file, logger } = this;
    const outcome = file.reload();
    this.followPaths();
    const { path, lastError } = file;
    const { revision } = file.current;
    if (lastError) {
      const { problems } = lastError;
      logger.error({ trigger, revision, problems }, 'Policy file invalid; the previous one stays in effect');
    } else if (outcome === 'changed' || trigger === 'SIGHUP')
      logger.info({ trigger, path, revision }, `Policy file reloaded; it is ${outcome}`);
  }
}
