import { Problem } from '#contracts';
import { StageSlot, type Decision } from '../../exchange/stage.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { ConcurrencyLimitStage } from './concurrency-limit.stage.js';

const codeOf = (decision: Decision): string | undefined =>
  decision instanceof Problem ? decision.code : undefined;

describe('ConcurrencyLimitStage', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const stageOf = (limitNow: () => number, queue: number) =>
    new ConcurrencyLimitStage({ queue, queueMs: 500 }, limitNow, new StageSlot());
  const enter = (stage: ConcurrencyLimitStage, exchange = new FakeExchange()) => ({
    exchange,
    decision: stage.request(exchange),
  });

  it('admits exchanges up to the limit, queues some, and refuses the rest', async () => {
    const stage = stageOf(() => 2, 1);
    const [first, second, third, fourth] = [enter(stage), enter(stage), enter(stage), enter(stage)];
    expect([first.decision, second.decision]).toEqual([undefined, undefined]);
    expect(third.decision).toBeInstanceOf(Promise);
    expect(fourth.decision).toMatchObject({ code: 'concurrency-limit', headers: { 'retry-after': '1' } });
    stage.complete(first.exchange, true);
    expect(await third.decision).toBeUndefined();
    expect(stage.preview().detail).toBe('2 of at most 2 requests are in flight, 0 wait');
  });

  it('refuses exchanges that have waited for the maximum time', async () => {
    const stage = stageOf(() => 1, 2);
    enter(stage);
    const early = enter(stage);
    jest.advanceTimersByTime(300);
    const late = enter(stage);
    jest.advanceTimersByTime(200);
    expect(codeOf(await early.decision)).toBe('concurrency-limit');
    expect(stage.preview().detail).toContain('1 wait');
    jest.advanceTimersByTime(300);
    expect(codeOf(await late.decision)).toBe('concurrency-limit');
    expect(stage.preview().detail).toContain('0 wait');
  });

  it('passes over a queued exchange whose client has disconnected', async () => {
    const stage = stageOf(() => 1, 2);
    const first = enter(stage);
    const [disconnected, next] = [enter(stage), enter(stage)];
    stage.complete(disconnected.exchange, false);
    stage.complete(first.exchange, true);
    expect(await next.decision).toBeUndefined();
    expect(stage.preview().detail).toBe('1 of at most 1 requests are in flight, 0 wait');
  });

  it('frees the place in the queue of a client that has disconnected', () => {
    const stage = stageOf(() => 1, 1);
    enter(stage);
    stage.complete(enter(stage).exchange, false);
    expect(enter(stage).decision).toBeInstanceOf(Promise);
  });

  it('frees the place in flight of a client that disconnects right after its admission', () => {
    const stage = stageOf(() => 1, 1);
    const first = enter(stage);
    const waiting = enter(stage);
    stage.complete(first.exchange, true);
    stage.complete(waiting.exchange, false);
    expect(stage.preview().detail).toContain('0 of at most 1');
  });

  it('frees nothing for an exchange that it refused', () => {
    const stage = stageOf(() => 1, 0);
    enter(stage);
    stage.complete(enter(stage).exchange, false);
    expect(stage.preview().detail).toContain('1 of at most 1');
  });

  it('admits queued exchanges when the limit has risen, although no exchange has ended', async () => {
    let limit = 1;
    const stage = stageOf(() => limit, 1);
    enter(stage);
    const waiting = enter(stage);
    limit = 2;
    jest.advanceTimersByTime(500);
    expect(await waiting.decision).toBeUndefined();
  });

  it('previews what it would decide, and decides nothing', () => {
    const stage = stageOf(() => 1, 1);
    const previews = () => [stage.preview(), stage.preview()].map(({ decision }) => decision);
    expect(previews()).toEqual(['continue', 'continue']);
    enter(stage);
    expect(previews()).toEqual(['wait', 'wait']);
    enter(stage);
    expect(previews()).toEqual(['respond', 'respond']);
    expect(stage.preview().reply).toMatchObject({ code: 'concurrency-limit' });
  });
});
