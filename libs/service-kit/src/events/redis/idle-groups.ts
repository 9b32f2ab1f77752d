import type { Logger } from '../../logging/logger.js';
import type { ConsumerGroup } from '../transport/event-transport.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Warns once a day about each group whose oldest event has waited for a day and that no process has read for a day: its
 * service is down, or was removed.
 */
export class IdleGroups {
  /** By source and group, on the monotonic clock. */
  private readonly warnedAt = new Map<string, number>();

  /** @param now milliseconds on the monotonic clock */
  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param stream the key of the events of `source` */
  report(source: string, stream: string, groups: readonly ConsumerGroup[]): void {
    for (const group of groups)
      if (group.lagMs > DAY_MS && group.idleMs > DAY_MS) this.warn(source, stream, group);
  }

  private warn(source: string, stream: string, { name, idleMs, lagMs }: ConsumerGroup): void {
    const key = `${source} ${name}`;
    const now = this.now();
    if (now - (this.warnedAt.get(key) ?? -Infinity) < DAY_MS) return;
    this.warnedAt.set(key, now);
    const fields = { source, group: name, idleSeconds: seconds(idleMs), lagSeconds: seconds(lagMs) };
    this.logger.warn(
      fields,
      `No process has handled the events of ${source} for ${name} for ${Math.floor(idleMs / DAY_MS)} days: ` +
        `start the service, or, if it was removed for good, run XGROUP DESTROY ${stream} ${name}`,
    );
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000);
