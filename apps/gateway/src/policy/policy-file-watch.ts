import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { FileWatch } from './file-watch.js';
import type { LivePolicyFile } from './live-policy-file.js';

/** Reloads the policy file when it changes, and at once on SIGHUP. */
export class PolicyFileWatch implements OnModuleInit, OnModuleDestroy {
  private watch: FileWatch | undefined;
  private readonly onSignal = (): void => this.reload('SIGHUP');

  constructor(
    private readonly file: LivePolicyFile,
    private readonly logger: AppContext['logger'],
  ) {}

  onModuleInit(): void {
    process.on('SIGHUP', this.onSignal);
    this.watch = new FileWatch(this.file.path, () => this.reload('change'));
  }

  onModuleDestroy(): void {
    process.off('SIGHUP', this.onSignal);
    this.watch?.close();
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
