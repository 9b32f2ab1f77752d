import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ResponseCache } from './response-cache.js';
import { CacheControl } from './rules/cache-control.js';
import { storedHeadOf, type StoringPolicy, type StoringRequest } from './store-head.js';
import { withBody, type StoredHead } from './stored-response.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const HEAD_BYTES = 8 * 1024;
const LINES =
  'content-type: text/plain\r\ncache-control: max-age=60\r\nexpires: 0\r\nvary: accept-encoding\r\n' +
  'etag: "1"\r\nlast-modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n';

const POLICY: StoringPolicy = {
  ...{ ttl: undefined, staleWhileRevalidate: undefined, staleIfError: undefined, tags: undefined },
  perRequest: new Set(),
};

/** What is stored of the response to a request whose texts are parts of its head, as in the data planes. */
function respond(number: number): { readonly key: string; readonly head: StoredHead } {
  const text = Buffer.alloc(HEAD_BYTES, `GET /api/products/${number}?page=2 HTTP/1.1\r\n`).toString('latin1');
  const target = text.slice('GET '.length, text.indexOf(' HTTP'));
  const path = target.slice('/api/products'.length, target.indexOf('?'));
  const [control, headerOf] = [CacheControl.NONE, () => target];
  const request = { service: 'products', path, control, headerOf, hasAuthorization: false, hasCookie: false };
  return { key: `route http://shop.example${target}`, head: headOf(request) };
}

function headOf(request: StoringRequest): StoredHead {
  const arrival = { sentAt: 0.5, receivedAt: performance.now(), date: Date.now() };
  const head = storedHeadOf({ status: 200, lines: LINES }, request, arrival, POLICY);
  if (!head) throw new Error('the response is not stored');
  return head;
}

function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('A cache of responses', () => {
  it('uses no more memory than it counts, whatever the size of the requests', () => {
    const cache = new ResponseCache(2 ** 30);
    const store = (from: number, to: number): void => {
      for (let number = from; number < to; number += 1) {
        const { key, head } = respond(number);
        const fill = cache.fills.begin(head.service, head.path, key);
        cache.store(fill, key, withBody(head, Buffer.allocUnsafeSlow(100)));
      }
    };
    // So many that what a test process uses for other things, a megabyte or two, does not count.
    const [first, last] = [1000, 41_000];
    store(0, first);
    const [usedBefore, countedBefore] = [memory(), cache.bytes];
    store(first, last);
    const ratio = (memory() - usedBefore) / (cache.bytes - countedBefore);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1);
    expect(cache.entries).toBe(last);
  });
});
