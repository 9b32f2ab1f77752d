import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { isHopByHop, tellsOrigin } from './field-names.js';

/** What happens to a field of a request on its way to an instance. */
export const enum FieldRule {
  /** It goes on as it came. */
  Passes,
  /** It goes on as a plain number. */
  Length,
  /** The gateway chooses it for each instance, or has answered it itself. */
  Stays,
  /** It belongs to the connection. */
  HopByHop,
  /** It tells where the request came from: trusted proxies are believed. */
  TellsOrigin,
}

const STAYS: ReadonlySet<string> = new Set([
  'host',
  'x-request-id',
  REQUEST_TIMEOUT_HEADER,
  INSTANCE_TOKEN_HEADER,
  'expect',
]);

function ruleFor(lower: string): FieldRule {
  if (lower === 'content-length') return FieldRule.Length;
  if (STAYS.has(lower)) return FieldRule.Stays;
  if (isHopByHop(lower)) return FieldRule.HopByHop;
  return tellsOrigin(lower) ? FieldRule.TellsOrigin : FieldRule.Passes;
}

const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 64;
/** By the name as it was sent: clients have few spellings. */
const known = new Map<string, FieldRule>();

/** The rule for the field `name`, in whatever case. */
export function ruleOf(name: string): FieldRule {
  let rule = known.get(name);
  if (rule !== undefined) return rule;
  rule = ruleFor(name.toLowerCase());
  if (known.size < MOST_KNOWN && name.length <= LONGEST_KNOWN) known.set(name, rule);
  return rule;
}
