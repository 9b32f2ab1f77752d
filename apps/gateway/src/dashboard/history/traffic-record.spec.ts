import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { TrafficMetrics } from '../../telemetry/metrics/index.js';
import { ended } from '../../telemetry/testing/ended-exchange.js';
import { TrafficSampler } from '../traffic/traffic-sampler.js';
import { HistoryFile } from './history-file.js';
import { TrafficRecord } from './traffic-record.js';

const MINUTE_MS = 60_000;
const T0 = Date.parse('2026-01-01T00:00:00Z');

describe('TrafficRecord', () => {
  let folder: ReturnType<typeof tempDir>;
  let path: string;
  let problems: string[];
  const records: TrafficRecord[] = [];
  let traffic: TrafficMetrics;
  let sampler: TrafficSampler;
  let now: number;
  beforeEach(() => {
    folder = tempDir();
    path = join(folder.path, 'data', 'traffic.json');
    problems = [];
    traffic = new TrafficMetrics();
    sampler = new TrafficSampler(traffic);
    now = T0;
  });
  afterEach(async () => {
    await Promise.all(records.splice(0).map((each) => each.close()));
    folder.remove();
  });

  const record = (): TrafficRecord => {
    const onProblem = (message: string) => void problems.push(message);
    const opened = new TrafficRecord({ file: new HistoryFile(path), onProblem });
    records.push(opened);
    return opened;
  };
  const pass = (to: TrafficRecord, seconds: number, perSecond = 0): void => {
    for (let i = 0; i < seconds; i += 1) {
      for (let n = 0; n < perSecond; n += 1)
        traffic.service('users').record(ended({ durationMs: 8, status: n === 0 ? 500 : 200 }));
      now += 1000;
      sampler.sample(now, now);
      const point = { ...sampler.all.now(sampler.seconds, 2), loopLagMs: 1, memoryBytes: 5 };
      to.add(now, point, sampler.all.latest);
    }
  };

  it('has the last 15 minutes by second', () => {
    const history = record();
    pass(history, 1000, 4);
    const { stepSeconds, at, requestsPerSecond, errorRate, inFlight } = history.history('15m', now);
    expect([stepSeconds, at.length]).toEqual([1, 900]);
    expect(at.at(-1)).toBe(now / 1000);
    expect(at[0]).toBe(now / 1000 - 899);
    expect(requestsPerSecond.at(-1)).toBe(4);
    expect(errorRate.at(-1)).toBe(0.25);
    expect(new Set(inFlight)).toEqual(new Set([2]));
  });

  it('has a minute as the sum of its seconds, and nothing where nothing was recorded', () => {
    const history = record();
    pass(history, 60, 3);
    now += 5 * MINUTE_MS;
    pass(history, 121, 6);
    const { stepSeconds, at, requestsPerSecond, p50Ms } = history.history('24h', now);
    expect(stepSeconds).toBe(60);
    expect(at.map((seconds) => (seconds * 1000 - T0) / MINUTE_MS)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(requestsPerSecond).toEqual([3, 3, null, null, null, null, 6, 6]);
    expect(p50Ms[0]).toBeGreaterThan(6);
  });

  it('is kept over restarts, with the minute that had begun', async () => {
    const first = record();
    pass(first, 90, 3);
    await first.close();
    const second = record();
    await second.restore();
    const { requestsPerSecond } = second.history('24h', now);
    expect(requestsPerSecond).toEqual([3, 3]);
    expect(second.history('15m', now).at).toEqual([]);
    expect(problems).toEqual([]);
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['traffic.json']);
  });

  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":99}'],
    ['columns of different length', '{"version":1,"stepSeconds":60,"at":[60],"requestsPerSecond":[]}'],
    ['texts in a column', readableWith('["x"]')],
  ])('ignores a broken file with a warning: %s', async (_name, text) => {
    mkdirSync(join(folder.path, 'data'));
    writeFileSync(path, text);
    const history = record();
    await history.restore();
    expect(problems).toEqual(['Traffic history cannot be read; it begins again']);
    expect(history.history('24h', now).at).toEqual([]);
    pass(history, 61, 1);
    await history.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, stepSeconds: 60 });
  });

  it('begins without a file in silence, and reports once that it cannot write', async () => {
    const history = record();
    await history.restore();
    expect(problems).toEqual([]);
    writeFileSync(join(folder.path, 'data'), 'a file where the folder should be');
    pass(history, 10);
    await history.close();
    await history.close();
    expect(problems).toEqual(['Traffic history cannot be written; the next start begins without it']);
  });
});

function readableWith(column: string): string {
  const names = ['requestsPerSecond', 'errorRate', 'p50Ms', 'p95Ms', 'p99Ms', 'inFlight', 'loopLagMs'];
  const columns = [...names, 'memoryBytes'].map((name) => `"${name}":${column}`);
  return `{"version":1,"stepSeconds":60,"at":[60],${columns.join(',')}}`;
}
