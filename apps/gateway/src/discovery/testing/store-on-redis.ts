import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#service-kit';
import { SWEEP_EVERY_MS } from '../store/lost-time.js';
import { RedisStore } from '../store/redis/redis.store.js';
import type { StoreBench } from './registry-store.contract.js';

/** One gateway's store on a real Redis, under a prefix that others share only when they are told it. */
export class StoreOnRedis implements StoreBench {
  readonly store: RedisStore;
  readonly told: string[] = [];

  private constructor(
    url: string,
    readonly prefix: string,
  ) {
    this.store = new RedisStore(
      { url, prefix, gateway: newId() },
      { away: () => this.told.push('away'), back: () => this.told.push('back') },
    );
  }

  static async open(url: string, prefix = `test-${newId()}`): Promise<StoreOnRedis> {
    const opened = new StoreOnRedis(url, prefix);
    await opened.store.onModuleInit();
    return opened;
  }

  async pass(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await sleep(SWEEP_EVERY_MS);
      await this.store.sweep();
    }
  }

  async stall(ms: number): Promise<void> {
    await sleep(ms);
  }

  close(): Promise<void> {
    return this.store.onModuleDestroy();
  }
}
