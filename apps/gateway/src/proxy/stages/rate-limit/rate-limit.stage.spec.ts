import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { RateLimit } from '../../../policy/members/rate-limits.js';
import type { Identity } from '../../exchange/exchange-state.js';
import { StageSlot } from '../../exchange/stage.js';
import { EditableFields } from '../../http1/head/editable-fields.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { instanceOf, localInstanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';
import { RateLimitFieldsStage } from './rate-limit-fields.stage.js';
import { RateLimitStage, type FoundBuckets } from './rate-limit.stage.js';
import { RateLimiter, type LimitSharing } from './rate-limiter.js';

const limitOf = (members: Partial<RateLimit>): RateLimit => ({
  name: 'per-client',
  requests: 20,
  per: 60_000,
  burst: members.requests ?? 20,
  key: { from: 'client' },
  cost: 1,
  shared: false,
  shadow: false,
  onStoreDown: 'local',
  ...members,
});

class Client extends FakeExchange {
  constructor(
    override readonly clientAddress = '10.0.0.1',
    fields: Record<string, string> = {},
  ) {
    super('GET', '/api/users/', fields);
  }
}

const identityOf = (consumer: string): Identity => ({
  consumer,
  provider: 'partners',
  scopes: [],
  claims: {},
  fields: new Map(),
});

/** The stages of limits, on a clock that moves on demand. */
class Limits {
  now = 0;
  readonly counts = new Map<string, { allowed: number; shadow: number; refused: string[] }>();
  readonly stage: RateLimitStage;
  private readonly fieldsStage: RateLimitFieldsStage;

  constructor(limits: readonly Partial<RateLimit>[], sharing?: LimitSharing) {
    const slot = new StageSlot<FoundBuckets>();
    const routeLimits = limits.map((each) => {
      const limit = limitOf(each);
      const counts = { allowed: 0, shadow: 0, refused: [] as string[] };
      this.counts.set(limit.name, counts);
      const limiter = new RateLimiter({ service: 'users', route: undefined }, limit, sharing);
      return { limiter, counts: withTally(counts) };
    });
    const told = routeLimits.map(({ limiter }) => limiter).filter(({ limit }) => !limit.shadow);
    this.stage = new RateLimitStage('rate-limit', routeLimits, slot, () => this.now);
    this.fieldsStage = new RateLimitFieldsStage(told, slot, () => this.now);
  }

  /** Status of the stage's response; `undefined`: the request continues. */
  send(exchange = new Client()) {
    return this.stage.request(exchange)?.status;
  }

  fieldsOf(exchange: Client, received = ''): string {
    const fields = new EditableFields(received);
    this.fieldsStage.response(exchange, { status: 200, isOwn: false, isDeclined: false, fields });
    return fields.toString();
  }
}

function withTally(counts: { allowed: number; shadow: number; refused: string[] }) {
  const { refused } = counts;
  return Object.defineProperties(
    { refused: { add: (reason: string) => void refused.push(reason) } },
    Object.fromEntries(
      (['allowed', 'shadow'] as const).map((name) => [
        name,
        { get: () => counts[name], set: (value: number) => (counts[name] = value) },
      ]),
    ),
  ) as never;
}

describe('The rate limit stage', () => {
  it('refuses with the problem of the draft, and says when to come again', () => {
    const limits = new Limits([{ requests: 2 }]);
    expect([limits.send(), limits.send()]).toEqual([undefined, undefined]);
    const exchange = new Client();
    const problem = limits.stage.request(exchange)!;
    expect(problem.toDocument('/api/users/', 'id')).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Rate limit exceeded',
      status: 429,
      detail: 'too many requests; the next one is admitted in 30 s',
      instance: '/api/users/',
      requestId: 'id',
      'violated-policies': ['per-client'],
    });
    expect(problem.headers).toEqual({ 'retry-after': '30' });
    expect(limits.fieldsOf(exchange)).toContain('ratelimit: "per-client";r=0;t=30\r\n');
    expect(limits.counts.get('per-client')).toEqual({ allowed: 2, shadow: 0, refused: ['quota-exceeded'] });
    expect(exchange.refusal).toBe('rateLimits: per-client (quota-exceeded)');
    limits.now = 29_999;
    expect(limits.send()).toBe(429);
    limits.now = 30_000;
    expect(limits.send()).toBeUndefined();
  });

  it('limits every address alone, an IPv6 client by its /64', () => {
    const limits = new Limits([{ requests: 1 }]);
    const addresses = [
      '10.0.0.1',
      '::ffff:10.0.0.1',
      '10.0.0.2',
      '2001:db8::1',
      '2001:db8::ffff:1',
      '2001:db8:0:1::1',
    ];
    expect(addresses.map((address) => limits.send(new Client(address)))).toEqual([
      undefined,
      429,
      undefined,
      undefined,
      429,
      undefined,
    ]);
  });

  it('limits callers by consumer, and by address without one', () => {
    const limits = new Limits([{ requests: 1, key: { from: 'consumer' } }]);
    const caller = (consumer?: string) =>
      limits.send(Object.assign(new Client(), { identity: consumer && identityOf(consumer) }));
    expect([caller('a'), caller('b'), caller(), caller('a'), caller()]).toEqual([
      undefined,
      undefined,
      undefined,
      429,
      429,
    ]);
  });

  it('counts a request as its cost', () => {
    const limits = new Limits([{ requests: 10, cost: 4 }]);
    const exchange = new Client();
    expect([limits.send(), limits.send(exchange), limits.send()]).toEqual([undefined, undefined, 429]);
    expect(limits.fieldsOf(exchange)).toContain('"per-client";r=2;');
  });

  it('charges all limits of a request or none', () => {
    const limits = new Limits([
      { name: 'long', requests: 5, per: 3_600_000 },
      { name: 'short', requests: 1, per: 1000 },
    ]);
    expect([limits.send(), limits.send(), limits.send()]).toEqual([undefined, 429, 429]);
    limits.now = 1000;
    const exchange = new Client();
    limits.send(exchange);
    expect(limits.fieldsOf(exchange)).toContain('"long";r=3;');
    expect(limits.stage.request(exchange)?.extensions).toEqual({ 'violated-policies': ['short'] });
  });

  it('counts what a shadow limit would refuse, refuses nothing, and tells clients nothing', () => {
    const limits = new Limits([{ name: 'trial', requests: 1, shadow: true }, { requests: 3 }]);
    const exchange = new Client();
    expect([limits.send(), limits.send(exchange), limits.send(), limits.send()]).toEqual([
      undefined,
      undefined,
      undefined,
      429,
    ]);
    expect(limits.counts.get('trial')).toEqual({ allowed: 1, shadow: 2, refused: [] });
    expect(limits.fieldsOf(exchange)).not.toContain('trial');
  });

  it('tells the limits in place of fields of the service', () => {
    const limits = new Limits([
      { name: 'burst', requests: 10, per: 1500 },
      { name: 'daily', requests: 1000, per: 86_400_000, burst: 50 },
    ]);
    const exchange = new Client();
    limits.send(exchange);
    expect(
      limits.fieldsOf(exchange, 'RateLimit: "own";r=1\r\nserver: x\r\nRateLimit-Policy: "own";q=1\r\n'),
    ).toBe(
      'server: x\r\nratelimit-policy: "burst";q=10;w=2, "daily";q=1000;w=86400\r\n' +
        'ratelimit: "burst";r=9;t=1, "daily";r=49;t=87\r\n',
    );
    expect(limits.fieldsOf(new Client(), 'ratelimit: "own";r=1\r\n')).toBe(
      'ratelimit-policy: "burst";q=10;w=2, "daily";q=1000;w=86400\r\n',
    );
  });

  it('shows the state of a request without charging it', () => {
    const limits = new Limits([{ requests: 2 }]);
    const preview = () => limits.stage.preview(new Client());
    expect(preview()).toEqual({ decision: 'continue', detail: 'per-client: 2 of 2 left' });
    limits.send();
    expect([preview(), preview()][1]).toEqual({
      decision: 'continue',
      detail: 'per-client: 1 of 2 left, one more in 30 s',
    });
    limits.send();
    expect(preview()).toMatchObject({ decision: 'respond', reply: { status: 429 } });
    expect(limits.counts.get('per-client')?.refused).toEqual([]);
  });

  it.each([
    ['local', [undefined, 429, 429]],
    ['open', [undefined, undefined, undefined]],
    ['closed', [503, 503, 503]],
  ] as const)('with onStoreDown: %s responds %j while the store is down', (onStoreDown, expected) => {
    const sharing: LimitSharing = {
      isAvailable: false,
      join: () => undefined,
      charge: ({ rules }, bucket) => (bucket.debt += 2 * rules.cost),
    };
    const limits = new Limits([{ requests: 2, shared: true, onStoreDown }], sharing);
    expect([limits.send(), limits.send(), limits.send()]).toEqual(expected);
    if (onStoreDown === 'closed') {
      expect(limits.stage.request(new Client())).toMatchObject({
        code: 'rate-limit-unavailable',
        headers: { 'retry-after': '1' },
      });
      expect(limits.counts.get('per-client')?.refused[0]).toBe('store-unavailable');
    }
  });
});

describe.each(['wire', 'node', 'local'] as const)(
  'A route with rate limits, on the %s data plane',
  (kind) => {
    let service: Server;
    beforeAll(async () => {
      service = createServer((_request, response) => response.setHeader('RateLimit', '"own";r=1').end('ok'));
      await once(service.listen(0, '127.0.0.1'), 'listening');
    });
    afterAll(() => service.close());

    it('refuses above the limit and tells it with every response', async () => {
      const harness = await ProxyHarness.start({}, kind === 'wire' ? 'wire' : 'node', {
        rateLimits: [
          limitOf({ requests: 2 }),
          limitOf({ name: 'tenant', key: { from: 'header', name: 'x-tenant' } }),
        ],
      });
      const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
      harness.setInstances(
        kind === 'local'
          ? localInstanceOf('a', (_request, response) =>
              response.setHeader('RateLimit', '"own";r=1').end('ok'),
            )
          : instanceOf({ id: 'a', url }),
      );
      const send = (forwardedFor: string) =>
        fetch(`${harness.url}/api/users/`, { headers: { 'x-forwarded-for': forwardedFor } });
      // What a client writes in front of the address that the trusted proxy adds does not count.
      const responses = [
        await send('1.1.1.1, 192.0.2.1'),
        await send('2.2.2.2, 192.0.2.1'),
        await send('3.3.3.3, 192.0.2.1'),
      ];
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(responses.map(({ headers }) => headers.get('ratelimit'))).toEqual([
        '"per-client";r=1;t=30, "tenant";r=19;t=3',
        '"per-client";r=0;t=30, "tenant";r=18;t=3',
        '"per-client";r=0;t=30',
      ]);
      expect(responses[2]!.headers.get('ratelimit-policy')).toBe('"per-client";q=2;w=60, "tenant";q=20;w=60');
      expect(responses[2]!.headers.get('retry-after')).toBe('30');
      expect(await responses[2]!.json()).toMatchObject({ 'violated-policies': ['per-client'] });
      expect((await send('1.1.1.1, 192.0.2.2')).status).toBe(200);
      expect(harness.stageErrors).toEqual([]);
      await harness.close();
    });
  },
);
