import { FakeExchange } from '../../testing/fake-exchange.js';
import { SizeLimitStage } from './size-limit.stage.js';

const LIMIT = 10;

describe('The size limit stage', () => {
  const reasons: string[] = [];
  const counts = { allowed: 0, shadow: 0, refused: { add: (reason: string) => void reasons.push(reason) } };
  const stage = new SizeLimitStage(LIMIT, counts);
  beforeEach(() => {
    reasons.length = 0;
    counts.allowed = 0;
  });

  it.each([
    [-1, 0, undefined],
    [-1, LIMIT, undefined],
    [LIMIT, 0, undefined],
    [LIMIT + 1, 0, 'declared'],
    [-1, LIMIT + 1, 'received'],
  ])('with a declared length of %i and %i bytes received refuses: %s', (contentLength, bodyBytes, reason) => {
    const exchange = Object.assign(new FakeExchange('POST'), { contentLength, bodyBytes });
    const problem = stage.request(exchange);
    stage.complete(exchange, problem === undefined);
    expect([problem?.status, problem?.code]).toEqual(
      reason ? [413, 'body-too-large'] : [undefined, undefined],
    );
    expect([counts.allowed, reasons]).toEqual(reason ? [0, [reason]] : [1, []]);
    expect(exchange.bodyLimit).toBe(reason ? Infinity : LIMIT);
    expect(exchange.refusal).toBe(reason && 'limits: the request body is larger than 10 bytes');
  });

  it('counts a body that passes the limit later', () => {
    const exchange = new FakeExchange('POST');
    stage.request(exchange);
    exchange.bodyBytes = LIMIT + 1;
    stage.complete(exchange, true);
    expect([counts.allowed, reasons]).toEqual([0, ['received']]);
  });

  it.each([
    [undefined, 'continue'],
    ['10', 'continue'],
    ['11', 'respond'],
  ])('with Content-Length %s decides in a preview to %s', (length, decision) => {
    const preview = stage.preview({
      method: 'POST',
      target: '/api/users/',
      upstreamTarget: '/',
      clientAddress: undefined,
      identity: undefined,
      header: () => length,
    });
    expect([preview.decision, preview.reply?.status]).toEqual([
      decision,
      decision === 'respond' ? 413 : undefined,
    ]);
  });
});
