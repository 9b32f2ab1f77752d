import { SAMPLED, type SpanContext, type Tracer } from '#registry-client';
import type { SamplerName } from '../config/tracing-config.js';

/** The head decision on a trace. */
export type Sampler = Tracer['samples'];

const DIGITS = 13;
/** The last digits of a trace id are random (W3C Trace Context Level 2, section 3.2.2.3.1). */
const isWithin = (traceId: string, ratio: number): boolean =>
  parseInt(traceId.slice(-DIGITS), 16) / 16 ** DIGITS < ratio;

/** The sampler of that name, as OpenTelemetry defines them. @param ratio share of traces, 0 to 1 */
export function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = name.replace('parentbased_', '');
  const share = root === 'always_on' ? 1 : root === 'always_off' ? 0 : ratio;
  const decide: Sampler = (traceId) => isWithin(traceId, share);
  if (root === name) return decide;
  return (traceId: string, parent: SpanContext | undefined) =>
    parent ? (parent.flags & SAMPLED) !== 0 : decide(traceId, undefined);
}
