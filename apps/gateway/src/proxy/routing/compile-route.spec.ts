import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { RateLimit, RateLimitKey } from '../../policy/members/rate-limits.js';
import { ResponseCache } from '../../cache/response-cache.js';
import type { CachePolicy } from '../../policy/members/cache.js';
import { compileRoute, type CompiledRoute } from './compile-route.js';

const CACHE: CachePolicy = {
  ...{ enabled: true, maxObject: 1024, ttl: undefined, key: undefined, tags: undefined },
  ...{ staleWhileRevalidate: undefined, staleIfError: undefined },
};
const around = { onStageError: () => undefined };
const compile = (changes: Partial<Policy> = {}, ...related: CompiledRoute[]): CompiledRoute =>
  compileRoute('users', { ...DEFAULT_POLICY, ...changes }, around, { related });

describe('A route', () => {
  const service = compile();

  it('shares with its service the parts whose policy is equal, with their state', () => {
    const { breaker, balancer, concurrencyLimit, retries, load } = compile(
      { securityHeaders: true },
      service,
    );
    expect([breaker, balancer, concurrencyLimit, retries, load].map((part) => part !== undefined)).toEqual(
      Array(5).fill(true),
    );
    expect(breaker).toBe(service.breaker);
    expect(balancer).toBe(service.balancer);
    expect(concurrencyLimit).toBe(service.concurrencyLimit);
    expect(retries).toBe(service.retries);
    expect(load).toBe(service.load);
  });

  it('has its own parts where its policy differs', () => {
    const breaker = { ...DEFAULT_POLICY.breaker, openMs: 7 };
    const concurrency = { ...DEFAULT_POLICY.concurrency, perService: 3, adaptive: 'gradient' as const };
    const route = compile({ breaker, concurrency }, service);
    expect(route.breaker).not.toBe(service.breaker);
    expect(route.concurrencyLimit).not.toBe(service.concurrencyLimit);
    expect(route.balancer).not.toBe(service.balancer);
    expect(route.retries).toBe(service.retries);
    // The next version of the route keeps them.
    const next = compile({ breaker, concurrency, securityHeaders: true }, route, service);
    expect([next.breaker, next.adaptive]).toEqual([route.breaker, route.adaptive]);
    expect(next.breaker).toBe(route.breaker);
    expect(next.adaptive).toBe(route.adaptive);
    // Without a breaker there is none, even if a related route has one.
    expect(compile({ breaker: { ...breaker, failurePercent: 0 } }, route, service).breaker).toBeUndefined();
  });

  it('limits clients before it authenticates them, and callers afterwards', () => {
    const limit = (name: string, key: RateLimitKey): RateLimit => ({
      ...{ name, requests: 1, per: 1000, burst: 1, key, cost: 1 },
      ...{ shared: false, shadow: false, onStoreDown: 'local' },
    });
    const { phases } = compile({
      access: { allow: ['10.0.0.0/8'], deny: undefined },
      rateLimits: [limit('a', { from: 'consumer' }), limit('b', { from: 'client' })],
      limits: { requestBody: 1 },
    });
    expect(phases.stages.map(({ name }) => name).slice(0, 4)).toEqual([
      'access',
      'client-rate-limit',
      'rate-limit',
      'rate-limit-fields',
    ]);
  });

  it('repeats requests in the background with the stages from the cache look-up on, for a limited time', () => {
    const policy = {
      ...DEFAULT_POLICY,
      cache: CACHE,
      securityHeaders: true,
      rewrite: { path: undefined, host: 'a' },
    };
    const responses = new ResponseCache(1024);
    const route = compileRoute('users', policy, { ...around, cache: () => responses }).background;
    expect(route?.phases.stages.map(({ name }) => name)).toEqual([
      'cache-store',
      'cache',
      'circuit-breaker',
      'concurrency-limit',
      'rewrite',
    ]);
    expect(route?.policy.timeouts).toEqual({ ...DEFAULT_POLICY.timeouts, totalMs: 60_000 });
  });

  it('repeats no requests in the background without a cache, whatever its further stages are named', () => {
    const stages = [{ name: 'cache' }];
    const route = compileRoute('users', DEFAULT_POLICY, { ...around, stages });
    expect(route.background).toBeUndefined();
  });
});
