import { hasRecovered, judge, type Limits, type Observed } from '../../scripts/chaos/verdict.mjs';

const LIMITS: Limits = {
  availabilityPercent: 99,
  p99Ms: 500,
  detectMs: 1000,
  mustDetect: false,
  recoverMs: 2000,
};

/** 100 requests in each of 10 seconds, all served in 5 ms; the fault lasts from 3 to 6 s. */
const CALM: Observed = {
  samples: Array.from({ length: 1000 }, (_, index) => ({ dueMs: index * 10, ms: 5, status: 200 })),
  changes: [],
  up: 2,
  faultMs: 3000,
  faultEndMs: 6000,
  endMs: 10_000,
};

/** The same with other outcomes of the requests that were due in this time. */
const withRequests = (from: number, to: number, outcome: object, drill = CALM): Observed => ({
  ...drill,
  samples: drill.samples.map((sample) =>
    sample.dueMs >= from && sample.dueMs < to ? { ...sample, ...outcome } : sample,
  ),
});

const failedChecks = (drill: Observed, limits: Partial<Limits> = {}): readonly string[] =>
  judge(drill, { limits: { ...LIMITS, ...limits } })
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe('the verdict of a drill', () => {
  it('passes if no client noticed', () => {
    const { passed, recoverMs, detectMs, phases } = judge(CALM, { limits: LIMITS });
    expect([passed, recoverMs, detectMs]).toEqual([true, 0, undefined]);
    expect(phases).toMatchObject({
      before: { requests: 300 },
      during: { requests: 300 },
      after: { requests: 400 },
    });
  });

  it.each([
    ['a status of 500 or above', 503],
    ['no response', 0],
  ])('counts %s as failed', (_what, status) => {
    const drill = withRequests(4000, 4110, { status });
    expect(judge(drill, { limits: LIMITS }).all).toMatchObject({ failed: 11, availabilityPercent: 98.9 });
    expect(failedChecks(drill)).toEqual(['availability']);
  });

  it('counts a status below 500 as served', () => {
    expect(failedChecks(withRequests(3000, 6000, { status: 404 }))).toEqual([]);
  });

  it('counts requests in flight when the fault begins as affected by it', () => {
    const { phases } = judge(withRequests(2980, 3000, { ms: 30, status: 0 }), { limits: LIMITS });
    expect(phases).toMatchObject({
      before: { requests: 298, availabilityPercent: 100 },
      during: { requests: 302 },
    });
  });

  it('judges p99 of the requests during the fault', () => {
    expect(failedChecks(withRequests(4000, 4040, { ms: 501 }))).toEqual(['p99']);
    expect(failedChecks(withRequests(4000, 4020, { ms: 501 }))).toEqual([]);
    expect(failedChecks(withRequests(1000, 1500, { ms: 501 }))).toEqual([]);
  });

  it('measures the time until an instance left rotation', () => {
    const changes = [
      { atMs: 3700, up: 1 },
      { atMs: 6500, up: 2 },
    ];
    const { detectMs, recoverMs, passed } = judge({ ...CALM, changes }, { limits: LIMITS });
    expect([detectMs, recoverMs, passed]).toEqual([700, 500, true]);
    expect(failedChecks({ ...CALM, changes }, { detectMs: 600 })).toEqual(['detect']);
  });

  it('judges an instance that stays in rotation only if it was expected to leave', () => {
    expect(failedChecks(CALM, { mustDetect: true })).toEqual(['detect']);
  });

  it('measures the recovery until responses are normal', () => {
    expect(judge(withRequests(6000, 7010, { ms: 300 }), { limits: LIMITS }).recoverMs).toBe(1000);
    expect(judge(withRequests(6000, 7010, { status: 503 }), { limits: LIMITS }).recoverMs).toBe(1000);
    expect(failedChecks(withRequests(6000, 8110, { ms: 300 }))).toEqual(['recover']);
  });

  it('does not count as recovered while responses are not normal or an instance is missing', () => {
    expect(hasRecovered(CALM)).toBe(true);
    expect(hasRecovered(withRequests(9000, 10_000, { ms: 300 }))).toBe(false);
    const missing = { ...CALM, changes: [{ atMs: 3700, up: 1 }] };
    expect(hasRecovered(missing)).toBe(false);
    expect(failedChecks(missing)).toEqual(['recover']);
  });

  it('does not pass an interrupted drill', () => {
    expect(judge({ ...CALM, isInterrupted: true }, { limits: LIMITS }).passed).toBe(false);
  });
});
