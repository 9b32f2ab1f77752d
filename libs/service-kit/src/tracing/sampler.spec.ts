import { newTraceId, type SpanContext } from '#registry-client';
import { samplerOf } from './sampler.js';

const parentWith = (flags: number): SpanContext => ({
  ...{ traceId: newTraceId(), spanId: '00f067aa0ba902b7', flags },
  tracestate: undefined,
});

const shareOf = (sampler: ReturnType<typeof samplerOf>): number => {
  const ids = Array.from({ length: 10_000 }, newTraceId);
  return ids.filter((id) => sampler(id, undefined)).length / ids.length;
};

describe('The sampler', () => {
  it('selects all traces, none, or a share of them', () => {
    expect(shareOf(samplerOf('always_on', 0))).toBe(1);
    expect(shareOf(samplerOf('always_off', 1))).toBe(0);
    expect(shareOf(samplerOf('traceidratio', 0.25))).toBeCloseTo(0.25, 1);
    expect(shareOf(samplerOf('parentbased_traceidratio', 0.25))).toBeCloseTo(0.25, 1);
  });

  it('compares the random digits of an id with the share', () => {
    const ends = (digits: string): string => '0'.repeat(18) + '1' + digits;
    const half = samplerOf('traceidratio', 0.5);
    expect(half(ends('7ffffffffffff'), undefined)).toBe(true);
    expect(half(ends('8000000000000'), undefined)).toBe(false);
    expect(samplerOf('traceidratio', 1 - 2 ** -53)(ends('fffffffffffff'), undefined)).toBe(true);
    expect(samplerOf('traceidratio', 0)(ends('0000000000000'), undefined)).toBe(false);
  });

  it('selects the same traces in every app', () => {
    const [one, other] = [samplerOf('traceidratio', 0.5), samplerOf('parentbased_traceidratio', 0.5)];
    const ids = Array.from({ length: 100 }, newTraceId);
    expect(ids.map((id) => one(id, undefined))).toEqual(ids.map((id) => other(id, undefined)));
  });

  it('follows the caller if it is based on the parent', () => {
    for (const flags of [0, 1, 2, 3]) {
      const parent = parentWith(flags);
      const isSampled = flags % 2 === 1;
      expect(samplerOf('parentbased_always_off', 1)(parent.traceId, parent)).toBe(isSampled);
      expect(samplerOf('parentbased_always_on', 0)(parent.traceId, parent)).toBe(isSampled);
      expect(samplerOf('always_on', 0)(parent.traceId, parent)).toBe(true);
    }
  });
});
