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
});
