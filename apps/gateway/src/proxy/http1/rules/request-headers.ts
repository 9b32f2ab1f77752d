import { droppedByConnection } from './connection-options.js';
import { FieldRule, ruleOf } from './field-rule.js';
import type { Peer } from './peer.js';
import type { RawFields } from './raw-fields.js';

/** Facts about the origin of a request. */
export interface OriginContext {
  readonly peer: Peer;
  /** HTTP version of the client's request, such as `1.1`. */
  readonly version: string;
  /** The requested authority. */
  readonly host: string;
  /** `/api/{service}`. */
  readonly prefix: string;
}

/** Facts that the gateway adds to a request. */
export interface RequestContext extends OriginContext {
  readonly requestId: string;
}

export const VIA_NAME = 'msa-gateway';

/**
 * Appends the fields of a request as sent to an instance to `into`, flat (name, value, name, …): the client's fields
 * with order, case and repetition preserved, without connection-specific ones, followed by the gateway's fields. The
 * forwarder adds `Host`.
 */
export function addRequestFields(into: string[], raw: RawFields, facts: RequestContext): void {
  const dropped = droppedByConnection(raw);
  let origin: ForwardedOrigin | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const rule = ruleOf(name);
    if (rule === FieldRule.Consumed || dropped?.has(name.toLowerCase())) continue;
    if (rule === FieldRule.Passes) into.push(name, value);
    else if (rule === FieldRule.Length) into.push('content-length', String(Number(value)));
    else if (rule === FieldRule.HopByHop) addTrailersOption(into, name.toLowerCase(), value);
    else if (isTrustedField(facts.peer, name)) {
      origin ??= emptyOrigin();
      if (!recordOrigin(origin, name.toLowerCase(), value)) into.push(name, value);
    }
  }
  addForwardingFields(into, facts, origin);
  into.push('x-request-id', facts.requestId);
}

// A CGI-like server cannot distinguish a name with underscores from the real one, so no peer may use it.
const isTrustedField = (peer: Peer, name: string): boolean => peer.isTrusted && !name.includes('_');

function addTrailersOption(headers: string[], lower: string, value: string): void {
  if (lower === 'te' && /(?:^|,)\s*trailers\s*(?:[,;]|$)/i.test(value)) headers.push('te', 'trailers');
}

/** Forwarding fields of a trusted proxy; repeated fields are joined. */
export interface ForwardedOrigin {
  for: string;
  proto: string;
  host: string;
  prefix: string;
  forwarded: string;
}

const emptyOrigin = (): ForwardedOrigin => ({ for: '', proto: '', host: '', prefix: '', forwarded: '' });
const NO_ORIGIN: Readonly<ForwardedOrigin> = emptyOrigin();

const MERGED: Readonly<Record<string, keyof ForwardedOrigin>> = {
  'x-forwarded-for': 'for',
  'x-forwarded-proto': 'proto',
  'x-forwarded-host': 'host',
  'x-forwarded-prefix': 'prefix',
  forwarded: 'forwarded',
};

/** Records a field that the gateway extends; `false` for others, such as `X-Forwarded-Port`, which pass unchanged. */
export function recordOrigin(origin: ForwardedOrigin, lower: string, value: string): boolean {
  const key = MERGED[lower];
  if (key === undefined) return false;
  origin[key] = origin[key] === '' ? value : `${origin[key]}, ${value}`;
  return true;
}

/** Appends the fields that describe the origin of a request, flat; `told` holds those of a trusted proxy. */
export function addForwardingFields(
  into: string[],
  facts: OriginContext,
  origin: Readonly<ForwardedOrigin> = NO_ORIGIN,
): void {
  const { peer, host, prefix, version } = facts;
  into.push(
    'x-forwarded-for',
    continued(origin.for, peer.address),
    'x-forwarded-proto',
    origin.proto || peer.scheme,
    'x-forwarded-host',
    origin.host || host,
    'x-forwarded-prefix',
    publicPrefix(origin.prefix, prefix),
    'forwarded',
    continued(origin.forwarded, `for=${peer.node};host="${host}";proto=${peer.scheme}`),
    'via',
    `${version} ${VIA_NAME}`,
  );
}

const continued = (origin: string, own: string): string => (origin === '' ? own : `${origin}, ${own}`);

const PREFIX = /^(?:\/[\w.~-]+)+$/;

/** The prefix that clients see: a trusted proxy in front may have removed its own prefix from the path. */
export const publicPrefix = (outer: string, own: string): string =>
  outer !== '' && PREFIX.test(outer) ? outer + own : own;
