import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_PURGE_TAGS } from '#contracts';
import type { Registry } from './registry.js';

/** Options of {@link ResponsePurges}. `logger` is any logger with pino's call signature. */
export interface ResponsePurgesOptions {
  readonly registry: Pick<Registry, 'purgeResponses'>;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** How long a change waits for its purge, milliseconds. Default 500. */
  readonly maxWaitMs?: number;
}

const DEFAULT_MAX_WAIT_MS = 500;
const FIRST_RETRY_DELAY_MS = 100;
const MAX_RETRY_DELAY_MS = 5000;

/**
 * Purges the stored responses of a service from all gateways after it has changed what they show. Changes that happen
 * during a call share the next one. What fails is repeated until it succeeds, and changes do not wait meanwhile.
 */
export class ResponsePurges {
  /** Tags that are not purged yet. */
  private readonly waiting = new Set<string>();
  private running: Promise<void> = Promise.resolve();
  /** The call that will purge what is waiting. */
  private next: Promise<void> | undefined;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly options: ResponsePurgesOptions) {}

  /**
   * Resolves when the purge of the responses with one of `tags` will reach all gateways, or cannot reach them now.
   * Call it after the change is committed: the next request must read the new state.
   */
  async purge(tags: readonly string[]): Promise<void> {
    for (const tag of tags) this.waiting.add(tag);
    if (this.failures > 0) return;
    const { maxWaitMs = DEFAULT_MAX_WAIT_MS } = this.options;
    await Promise.race([this.schedule(), sleep(maxWaitMs, undefined, { ref: false })]);
  }

  /** Repeats nothing any more. Resolves after the call in flight. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): Promise<void> {
    return (this.next ??= this.running.then(() => {
      this.next = undefined;
      this.running = this.send();
      return this.running;
    }));
  }

  private async send(): Promise<void> {
    const { logger } = this.options;
    const tags = [...this.waiting];
    this.waiting.clear();
    try {
      await this.purgeAll(tags);
      if (this.failures > 0) logger.info({}, 'Purges of stored responses succeed again');
      this.failures = 0;
      // Changes during a repeated call do not wait for the next.
      if (this.waiting.size > 0) void this.schedule();
    } catch (err) {
      for (const tag of tags) this.waiting.add(tag);
      this.failures += 1;
      if (this.failures === 1)
        logger.warn({ err }, 'Stored responses not purged from all gateways; retrying');
      this.sendLater();
    }
  }

  private async purgeAll(tags: readonly string[]): Promise<void> {
    const { registry } = this.options;
    // Whatever the service is called in the path: a route may lead to it from another name.
    for (let i = 0; i < tags.length; i += MAX_PURGE_TAGS)
      await registry.purgeResponses({ tags: tags.slice(i, i + MAX_PURGE_TAGS) });
  }

  private sendLater(): void {
    if (this.isStopped) return;
    const delayMs = Math.min(FIRST_RETRY_DELAY_MS * 2 ** (this.failures - 1), MAX_RETRY_DELAY_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.schedule(), delayMs).unref();
  }
}
