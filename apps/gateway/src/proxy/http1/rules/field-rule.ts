import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { isHopByHop, describesOrigin } from './field-names.js';

/** How the gateway treats a request field when it forwards the request. */
export const enum FieldRule {
  /** Forwarded unchanged. */
  Passes,
  /** Forwarded as a normalised decimal number. */
  Length,
  /** Not forwarded: the gateway sets it for each instance, or has handled it itself. */
  Consumed,
  /** Connection-specific; removed. */
  HopByHop,
  /** Describes the origin of the request; accepted from trusted proxies only. */
  DescribesOrigin,
}

const CONSUMED: ReadonlySet<string> = new Set([
  'host',
  'x-request-id',
  REQUEST_TIMEOUT_HEADER,
  INSTANCE_TOKEN_HEADER,
  'expect',
]);

function ruleFor(lower: string): FieldRule {
  if (lower === 'content-length') return FieldRule.Length;
  if (CONSUMED.has(lower)) return FieldRule.Consumed;
  if (isHopByHop(lower)) return FieldRule.HopByHop;
  return describesOrigin(lower) ? FieldRule.DescribesOrigin : FieldRule.Passes;
}

const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 64;
/** Keyed by the name as sent: clients use few spellings. */
const known = new Map<string, FieldRule>();

/** The rule for the field `name`, in any case. */
export function ruleOf(name: string): FieldRule {
  let rule = known.get(name);
  if (rule !== undefined) return rule;
  rule = ruleFor(name.toLowerCase());
  if (known.size < MOST_KNOWN && name.length <= LONGEST_KNOWN) known.set(name, rule);
  return rule;
}
