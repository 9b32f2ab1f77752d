import { agentOf } from './agent.js';
import { CallerSample, type CallingExchange } from './caller-sample.js';

const request = (startedAt: number, agent: string | undefined, consumer?: string): CallingExchange => ({
  startedAt,
  header: (name) => (name === 'user-agent' ? agent : undefined),
  identity: consumer === undefined ? undefined : { consumer },
});

describe('CallerSample', () => {
  let sample: CallerSample;
  beforeEach(() => {
    sample = new CallerSample();
  });

  it('tells the consumer of authenticated requests, and the program that sent the others', () => {
    sample.record(request(0, 'curl/8.1', 'acme'));
    sample.record(request(10, 'curl/8.1'));
    sample.record(request(20, 'curl/8.2'));
    sample.record(request(30, undefined));
    expect(sample.callers(100)).toEqual([
      { kind: 'user-agent', name: 'curl', share: 0.5, lastAt: 20 },
      { kind: 'consumer', name: 'acme', share: 0.25, lastAt: 0 },
      { kind: 'user-agent', name: '', share: 0.25, lastAt: 30 },
    ]);
  });

  it('records every request to a quiet service, and 20 per second to a busy one', () => {
    for (let i = 0; i < 100; i += 1) sample.record(request(i, i < 20 ? 'first/1' : 'later/1'));
    expect(sample.callers(100).map(({ name }) => name)).toEqual(['first']);
    sample.record(request(1000, 'next/1'));
    expect(sample.callers(1000).map(({ name }) => name)).toEqual(['first', 'next']);
  });

  it('forgets requests after five minutes, and all but the latest', () => {
    sample.record(request(0, 'old/1'));
    expect(sample.callers(299_999)).toHaveLength(1);
    expect(sample.callers(300_000)).toEqual([]);
    for (let i = 0; i < 200; i += 1) sample.record(request(i * 100, 'new/1'));
    expect(sample.callers(20_000)).toMatchObject([{ name: 'new', share: expect.closeTo(1) as number }]);
  });

  it('tells a bounded number of callers', () => {
    for (let i = 0; i < 100; i += 1) sample.record(request(i * 100, undefined, `consumer-${i}`));
    expect(sample.callers(10_000)).toHaveLength(10);
  });
});

describe('agentOf', () => {
  it.each([
    ['curl/8.5.0', 'curl'],
    ['node', 'node'],
    ['python-requests/2.31.0', 'python-requests'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36',
      'Chrome',
    ],
    ['Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/120', 'Edge'],
    ['Mozilla/5.0 (Macintosh; rv:121.0) Gecko/20100101 Firefox/121.0', 'Firefox'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1)', 'Mozilla'],
    ['<script>', ''],
    [undefined, ''],
  ])('names the program of %j', (field, expected) => {
    expect(agentOf(field)).toBe(expected);
  });
});
