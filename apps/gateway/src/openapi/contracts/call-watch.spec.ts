import type { ExchangeObserver } from '../../proxy/index.js';
import { asDocument } from '../openapi.js';
import { CallWatch } from './call-watch.js';

const DAY_MS = 86_400_000;
const GET_USER = 'GET /users/{id}';
const document = asDocument({ openapi: '3.0.3', info: {}, paths: {}, servers: [{ url: '/v1' }] });

describe('CallWatch', () => {
  let now: number;
  let observer: ExchangeObserver | undefined;
  let watch: CallWatch;
  beforeEach(() => {
    now = 1_000_000;
    observer = undefined;
    watch = new CallWatch(
      (given) => {
        observer = given;
        return () => (observer = undefined);
      },
      () => now,
    );
  });
  afterEach(() => watch.end());
  const request = (method: string, upstreamTarget: string, service = 'users') =>
    observer?.write({ method, upstreamTarget, route: { service } } as never);
  const called = () => watch.findingOf('users', GET_USER).calledInLast24h;

  it('observes requests only while a service is watched', () => {
    expect(observer).toBeUndefined();
    watch.watch('users', document, new Set([GET_USER]));
    expect(observer).toBe(watch);
    watch.unwatch('users');
    expect(observer).toBeUndefined();
    expect(called()).toBeNull();
  });

  it('finds calls of an operation by its template, below the base path of the document', () => {
    watch.watch('users', document, new Set([GET_USER]));
    request('GET', '/users/1');
    request('POST', '/v1/users/1');
    request('GET', '/v1/users/1/orders');
    request('GET', '/v1/users/1', 'orders');
    expect(called()).toBeNull();
    request('GET', '/v1/users/1?view=short');
    expect(watch.findingOf('users', GET_USER)).toEqual({ calledInLast24h: true, lastCalledAt: now });
  });

  it('says that there was no call only after a day', () => {
    watch.watch('users', document, new Set([GET_USER]));
    request('GET', '/v1/users/1');
    expect(called()).toBe(true);
    now += DAY_MS;
    expect(called()).toBe(false);
  });

  it('is not certain after it has missed requests', () => {
    watch.watch('users', document, new Set([GET_USER]));
    request('GET', '/v1/users/1');
    for (let i = 0; i < 1024; i += 1) request('GET', '/v1/other');
    now += DAY_MS;
    expect(called()).toBeNull();
  });

  it('matches several parameters in a segment, each of at least one character', () => {
    const operation = 'GET /files/{name}.{extension}/{from}-{to}';
    watch.watch('users', document, new Set([operation]));
    const isCalled = () => watch.findingOf('users', operation).calledInLast24h;
    for (const path of ['/v1/files/a.b', '/v1/files/.b/1-2', '/v1/files/a./1-2', '/v1/files/a.b/12'])
      request('GET', path);
    expect(isCalled()).toBeNull();
    request('GET', '/v1/files/a.b.c/1-2');
    expect(isCalled()).toBe(true);
  });

  it('takes no long time for a template that is made for it', () => {
    const operation = `GET /${'{a}'.repeat(40)}/x`;
    watch.watch('users', document, new Set([operation, `GET /${'{'.repeat(500_000)}`]));
    const before = process.cpuUsage();
    request('GET', `/v1/${'a'.repeat(4000)}/y`);
    expect(watch.findingOf('users', operation).calledInLast24h).toBeNull();
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});
