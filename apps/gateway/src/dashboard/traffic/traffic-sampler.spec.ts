import { TrafficMetrics } from '../../telemetry/metrics/index.js';
import { ended } from '../../telemetry/testing/ended-exchange.js';
import { TrafficSampler } from './traffic-sampler.js';

describe('TrafficSampler', () => {
  let traffic: TrafficMetrics;
  let sampler: TrafficSampler;
  let now: number;
  beforeEach(() => {
    traffic = new TrafficMetrics();
    sampler = new TrafficSampler(traffic);
    now = 1000;
  });

  const pass = (seconds = 1): void => {
    for (let i = 0; i < seconds; i += 1) sampler.sample((now += 1000), now);
  };
  const request = (service: string, instance: string, fields: object = {}): void => {
    const exchange = ended(fields);
    traffic.service(service).record(exchange);
    traffic.service(service).instance(instance).record(exchange);
  };

  it('turns totals into the rates, errors and quantiles of the window', () => {
    pass();
    for (let i = 0; i < 30; i += 1) request('users', 'a', { durationMs: 8 });
    for (let i = 0; i < 10; i += 1) request('users', 'b', { durationMs: 2000, status: 500 });
    pass(10);
    const users = sampler.services.get('users');
    expect(users?.now(sampler.seconds, 3)).toMatchObject({
      requestsPerSecond: 4,
      errorRate: 0.25,
      inFlight: 3,
    });
    expect(users?.quantile(0.5)).toBeLessThan(10);
    expect(users?.quantile(0.95)).toBeGreaterThan(1000);
    expect(users?.instances.get('a')?.errorRate).toBe(0);
    expect(users?.instances.get('b')?.errorRate).toBe(1);
    expect(sampler.all.requests).toBe(40);
    pass();
    expect(users?.requests).toBe(0);
    expect(sampler.all.now(sampler.seconds, 0)).toMatchObject({
      requestsPerSecond: 0,
      errorRate: 0,
      p99Ms: 0,
    });
  });

  it('counts requests that matched no route among all', () => {
    pass();
    traffic.rejections.add('unknown-service');
    pass();
    expect(sampler.all.requests).toBe(1);
    expect(sampler.all.errors).toBe(0);
  });

  it('divides by the time that has passed, not by the time that should have', () => {
    sampler.sample(0, 0);
    for (let i = 0; i < 30; i += 1) request('users', 'a');
    sampler.sample(3000, 3000);
    expect(sampler.services.get('users')?.now(sampler.seconds, 0).requestsPerSecond).toBe(10);
  });

  it('begins again with a service that was forgotten, and forgets instances', () => {
    request('users', 'a');
    pass(2);
    const directory = { loadsOf: () => undefined } as never;
    traffic.dropStale(directory, 0);
    traffic.dropStale(directory, 300_000);
    pass();
    expect(sampler.services.size).toBe(0);
    request('users', 'b');
    pass();
    expect([...(sampler.services.get('users')?.instances.keys() ?? [])]).toEqual(['b']);
    expect(sampler.services.get('users')?.requests).toBe(1);
  });
});
