import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { failureMessage, gaugeFamily, newId, type AppContext, type MetricFamily } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import type { PolicySources } from '../policy/index.js';
import { wholeMs } from './stages/rate-limit/bucket.js';
import { RateLimiters } from './stages/rate-limit/rate-limiters.js';
import { RedisLimitStore } from './stages/rate-limit/redis-limit-store.js';
import { SharedLimits } from './stages/rate-limit/shared-limits.js';

/** The rate limits of the gateway and their store, which is connected while the policy file has shared limits. */
export class RateLimits implements OnModuleInit, OnModuleDestroy {
  readonly limiters: RateLimiters;
  private readonly store: RedisLimitStore | undefined;
  private policies: PolicySources | undefined;

  constructor({ redisUrl: url, redisPrefix: prefix }: GatewayConfig, { logger }: AppContext) {
    if (url === undefined) {
      this.limiters = new RateLimiters(undefined, ({ service, route }, { name }) =>
        logger.warn(
          { service, route, limit: name },
          'Shared rate limit without REDIS_URL; each gateway enforces it alone',
        ),
      );
      return;
    }
    this.store = new RedisLimitStore({ url, prefix, gateway: newId() }, (cause) =>
      cause === undefined
        ? logger.info({}, 'Store of shared rate limits available')
        : logger.error(
            { err: cause },
            `Store of shared rate limits unavailable; "onStoreDown" applies: ${failureMessage(cause)}`,
          ),
    );
    this.limiters = new RateLimiters(new SharedLimits(this.store, wholeMs));
  }

  /** Connects the store when the policy file gets shared limits. */
  follow(policies: PolicySources): this {
    this.policies = policies;
    policies.onChange(() => void this.onModuleInit());
    return this;
  }

  async onModuleInit(): Promise<void> {
    if (this.policies?.hasSharedLimits) await this.store?.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.store?.stop();
  }

  /** Metrics of rate limits; none without limits. */
  families(): readonly MetricFamily[] {
    const limiters = this.limiters.all;
    if (limiters.length === 0) return [];
    return [
      gaugeFamily(
        'gateway_rate_limit_keys',
        'Keys that a rate limit has buckets for; at most 100,000; empty route: the service itself.',
        limiters.map(({ scope: { service, route = '' }, limit, keys }) => [
          { service, route, policy: limit.name },
          keys,
        ]),
      ),
      ...(limiters.some(({ limit }) => limit.shared)
        ? [
            gaugeFamily(
              'gateway_rate_limit_store_available',
              'Whether the store of shared rate limits is available; absent without shared limits.',
              [[{}, Number(this.store?.isAvailable === true)]],
            ),
          ]
        : []),
    ];
  }
}
