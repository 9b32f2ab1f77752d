import { FakeExchange } from '../../testing/fake-exchange.js';
import { ConcurrencyLimitStage } from './concurrency-limit.stage.js';

describe('ConcurrencyLimitStage', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const stageOf = (limit: number, queue: number) =>
    new ConcurrencyLimitStage({ queue, queueMs: 500 }, () => limit);
  const enter = (stage: ConcurrencyLimitStage, exchange = new FakeExchange()) => ({
    exchange,
    passage: stage.enter(exchange),
  });

  it('admits exchanges up to the limit, queues some, and refuses the rest', async () => {
    const stage = stageOf(2, 1);
    const entered = [enter(stage), enter(stage), enter(stage), enter(stage)];
    expect(entered.map(({ passage }) => passage)).toEqual([true, true, expect.any(Promise), false]);
    expect(entered[3]!.exchange.codes).toEqual(['concurrency-limit']);
    expect(entered[3]!.exchange.replies[0]!.headers).toEqual({ 'retry-after': '1' });
    stage.leave();
    expect(await entered[2]!.passage).toBe(true);
    expect(stage.counts).toEqual({ inFlight: 2, waiting: 0, limit: 2 });
  });

  it('refuses exchanges that have waited for the maximum time', async () => {
    const stage = stageOf(1, 2);
    enter(stage);
    const early = enter(stage);
    jest.advanceTimersByTime(300);
    const late = enter(stage);
    jest.advanceTimersByTime(200);
    expect([early.exchange.codes, late.exchange.codes]).toEqual([['concurrency-limit'], []]);
    jest.advanceTimersByTime(300);
    expect([await early.passage, await late.passage]).toEqual([false, false]);
    expect(stage.counts.waiting).toBe(0);
  });

  it('does not admit a queued exchange whose client has disconnected', async () => {
    const stage = stageOf(1, 2);
    enter(stage);
    const [gone, next] = [enter(stage), enter(stage)];
    stage.gone(gone.exchange);
    stage.leave();
    expect([await gone.passage, await next.passage]).toEqual([false, true]);
    expect(stage.counts).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  it('frees the queue slot of a client that has disconnected', async () => {
    const stage = stageOf(1, 1);
    enter(stage);
    const gone = enter(stage);
    stage.gone(gone.exchange);
    expect(await gone.passage).toBe(false);
    expect(enter(stage).passage).toBeInstanceOf(Promise);
  });

  it('admits queued exchanges when the limit has risen, although no exchange has ended', async () => {
    let limit = 1;
    const stage = new ConcurrencyLimitStage({ queue: 1, queueMs: 500 }, () => limit);
    enter(stage);
    const waiting = enter(stage);
    limit = 2;
    jest.advanceTimersByTime(500);
    expect([await waiting.passage, waiting.exchange.codes]).toEqual([true, []]);
  });
});
