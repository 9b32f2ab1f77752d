import { SAMPLED, type SpanContext, type Tracer } from '#registry-client';
import type { SamplerName } from '../config/tracing-config.js';

/** The head decision on a trace. */
export type Sampler = Tracer['samples'];

/** The last digits of a trace id are random (W3C Trace Context Level 2, section 3.2.2.3.1). */
const DIGITS = 13;

/** Whether the last digits of a trace id, as a fraction, are less than `ratio`. They are compared as text. */
function isWithin(ratio: number): (traceId: string) => boolean {
  const limit = Math.ceil(ratio * 16 ** DIGITS);
  if (limit >= 16 ** DIGITS) return () => true;
  const digits = limit.toString(16).padStart(DIGITS, '0');
  return (traceId) => traceId.slice(-DIGITS) < digits;
}

/** The sampler of that name, as OpenTelemetry defines them. @param ratio share of traces, 0 to 1 */
export function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = name.replace('parentbased_', '');
  const share = root === 'always_on' ? 1 : root === 'always_off' ? 0 : ratio;
  const decide: Sampler = isWithin(share);
  if (root === name) return decide;
  return (traceId: string, parent: SpanContext | undefined) =>
    parent ? (parent.flags & SAMPLED) !== 0 : decide(traceId, undefined);
}
