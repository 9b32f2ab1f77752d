import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import {
  counterFamily,
  failureMessage,
  gaugeFamily,
  newId,
  type AppContext,
  type MetricFamily,
} from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import { servicesNoLongerStored, type PolicySources } from '../policy/index.js';
import type { PolicyFile } from '../policy/policy-file.js';
import { cacheFamilies } from './cache-families.js';
import { Purges } from './purges/purges.js';
import { PurgeStream } from './redis/purge-stream.js';
import { RedisTier } from './redis/redis-tier.js';
import { ResponseCache } from './response-cache.js';

/** The stored responses of this gateway, and what it shares with others. Connects while the policy file has caches. */
export class SharedCache implements OnModuleInit, OnModuleDestroy {
  readonly responses: ResponseCache;
  readonly purges: Purges;
  /** `undefined`: responses are kept in this process alone. */
  readonly tier: RedisTier | undefined;
  private readonly stream: PurgeStream | undefined;
  private policies: PolicySources | undefined;

  constructor(config: GatewayConfig, { logger }: AppContext) {
    const { redisUrl: url, redisPrefix: prefix, cacheInRedis, cacheRedisWaitMs: maxWaitMs } = config;
    if (url !== undefined)
      this.stream = new PurgeStream({ url, prefix, gateway: newId() }, (cause) =>
        cause === undefined
          ? logger.info({}, 'Purges of stored responses are shared through Redis')
          : logger.error(
              { err: cause },
              `Redis unavailable for purges; stored responses are validated after ten seconds: ${failureMessage(cause)}`,
            ),
      );
    if (this.stream && cacheInRedis) this.tier = new RedisTier(this.stream, { prefix, maxWaitMs });
    this.responses = new ResponseCache(config.cacheMaxBytes, this.tier);
    this.purges = new Purges(this.responses, this.stream);
  }

  /** Connects when the policy file gets caches, and removes the responses of services that lose them. */
  follow(policies: PolicySources): this {
    this.policies = policies;
    const { file } = policies;
    let before = file?.current;
    policies.onChange(() => {
      const after = file?.current;
      if (before && after) this.purgeUnused(before, after);
      before = after;
      void this.connectIfNeeded();
    });
    return this;
  }

  async onModuleInit(): Promise<void> {
    await this.connectIfNeeded();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stream?.stop();
  }

  /** Metrics of stored responses, and of what gateways share of them if the policy file has caches. */
  families(): readonly MetricFamily[] {
    const { tier, stream, responses } = this;
    if (this.policies?.hasCaches !== true) return cacheFamilies(responses);
    const { hit = 0, miss = 0, late = 0, failed = 0 } = tier?.lookUps ?? {};
    return [
      ...cacheFamilies(responses),
      gaugeFamily(
        'gateway_cache_store_available',
        'Whether Redis carries purges and, if enabled, stored responses; 0 without REDIS_URL; absent without caches.',
        [[{}, Number(stream?.openSession !== undefined)]],
      ),
      counterFamily(
        'gateway_cache_redis_lookups',
        'Look-ups of stored responses in Redis; absent without caches.',
        Object.entries({ hit, miss, late, failed }).map(([result, count]) => [{ result }, count]),
      ),
    ];
  }

  /** Without a cache, requests that change something remove nothing: responses from before must not be used later. */
  private purgeUnused(before: PolicyFile, after: PolicyFile): void {
    for (const service of servicesNoLongerStored(before, after)) this.purges.invalidate({ service });
  }

  /** Connects if the policy file has caches. Idempotent, and never rejects. */
  private async connectIfNeeded(): Promise<void> {
    if (this.policies?.hasCaches === true) await this.stream?.start();
  }
}
