import type { Problem } from '#contracts';
import { RequestGuard } from './request-guard.js';

const check = (guard: RequestGuard, text: string): Problem | undefined =>
  guard.check(Buffer.from(text, 'latin1'))?.problem;

const get = (...fields: string[]): string => ['GET / HTTP/1.1', 'Host: gw', ...fields, '', ''].join('\r\n');

/** node:http accepts each of them and keeps the connection. */
const ACCEPTED_BY_NODE = [get('Upgrade:', 'Connection: upgrade'), get('Upgrade: ', 'Connection: Upgrade')];
const HOSTILE = [
  get('Content-Length:\t0'),
  'POST / HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n3 ;a\r\nabc\r\n0\r\n\r\n',
  '\r\n\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n',
];
const PAIRS = ACCEPTED_BY_NODE.flatMap((head) => HOSTILE.map((request) => [head, request] as const));

describe('RequestGuard', () => {
  it.each(HOSTILE)('refuses %j', (request) => {
    expect(check(new RequestGuard(), request)).toMatchObject({ status: 400 });
  });

  it.each(PAIRS)('passes %j and refuses %j after it', (head, request) => {
    const guard = new RequestGuard();
    expect(check(guard, head)).toBeUndefined();
    expect(guard.soundEnd).toBe(head.length);
    expect(check(guard, request)).toMatchObject({ status: 400 });

    const together = new RequestGuard();
    expect(check(together, head + request)).toMatchObject({ status: 400 });
    expect(together.soundEnd).toBeGreaterThanOrEqual(head.length);
  });

  it.each([
    get('Connection: close'),
    get('Upgrade: ', 'Connection: Upgrade, close'),
    'GET / HTTP/1.0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx',
  ])('passes nothing behind %j', (last) => {
    for (const behind of [get(), ...HOSTILE, '\r\n']) {
      const guard = new RequestGuard();
      expect(check(guard, last + behind)).toBeUndefined();
      expect(guard.soundEnd).toBe(last.length);
      expect(check(guard, behind)).toBeUndefined();
      expect(guard.soundEnd).toBe(0);
    }
  });

  it('does not check what follows an upgrade', () => {
    const guard = new RequestGuard();
    expect(check(guard, get('Upgrade: talk', 'Connection: upgrade'))).toBeUndefined();
    expect(check(guard, 'any bytes\r\n\r\n')).toBeUndefined();
  });
});
