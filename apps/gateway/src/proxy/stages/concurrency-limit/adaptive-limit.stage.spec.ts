import type { GradientLimit } from './gradient-limit.js';
import { failureOf } from '../../exchange/failure.js';
import { EditableFields } from '../../http1/head/editable-fields.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { AdaptiveLimitStage } from './adaptive-limit.stage.js';

const fields = new EditableFields('');

describe('AdaptiveLimitStage', () => {
  /** The times that the limit got, in milliseconds. */
  function observed(change: Partial<FakeExchange>, status: number, isOwn: boolean): number[] {
    const times: number[] = [];
    const limit = { current: 20, observe: (ms: number) => times.push(ms) } as unknown as GradientLimit;
    const exchange = Object.assign(new FakeExchange(), { attempts: 1, attemptStartedAt: 1_000 }, change);
    const stage = new AdaptiveLimitStage(limit, { inFlight: 1 }, () => 1_040);
    stage.response(exchange, { status, isOwn, isDeclined: false, fields });
    return times;
  }

  it.each([
    ['a response', {}, 200, false],
    ['a time-out', { failure: failureOf('timeout') }, 504, true],
  ])('takes %s as a sample', (_what, change, status, isOwn) =>
    expect(observed(change, status, isOwn)).toEqual([40]),
  );

  it.each([
    ['another failure', { failure: failureOf('refused') }, 502, true],
    ['a refusal', {}, 503, true],
    ['an upgrade', {}, 101, false],
    [
      'an exchange that expired before its first attempt',
      { attempts: 0, failure: failureOf('timeout') },
      504,
      true,
    ],
  ])('takes %s as none', (_what, change, status, isOwn) =>
    expect(observed(change, status, isOwn)).toEqual([]),
  );
});
