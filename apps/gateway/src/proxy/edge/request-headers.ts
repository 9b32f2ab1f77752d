import { isIPv6 } from 'node:net';
import { REQUEST_TIMEOUT_HEADER } from '#contracts';
import { droppedByConnection } from './connection-options.js';
import { isHopByHop, tellsOrigin } from './field-names.js';
import type { Peer } from './peer.js';

/** What the gateway knows of where a request came from. */
export interface OriginFacts {
  readonly peer: Peer;
  /** HTTP version that the client spoke, such as `1.1`. */
  readonly version: string;
  /** The authority that the client asked for. */
  readonly host: string;
  /** `/api/{service}`. */
  readonly prefix: string;
}

/** What the gateway adds to a request. */
export interface RequestFacts extends OriginFacts {
  readonly requestId: string;
}

export const VIA_NAME = 'msa-gateway';

// Chosen by the gateway itself for each instance.
const isOwn = (lowerName: string): boolean =>
  lowerName === 'host' || lowerName === 'x-request-id' || lowerName === REQUEST_TIMEOUT_HEADER;
const isAnsweredHere = (lowerName: string): boolean => lowerName === 'expect';

/**
 * The fields of a request as an instance gets them, flat (name, value, name, …): those of the client in order, case and
 * number, without what belongs to its connection, followed by the gateway's own. `Host` is left to the forwarder.
 */
export function requestHeaders(raw: readonly string[], facts: RequestFacts): string[] {
  const dropped = droppedByConnection(raw);
  const headers: string[] = [];
  const told = toldNothing();
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    const lower = name.toLowerCase();
    if (isOwn(lower) || isAnsweredHere(lower) || dropped?.has(lower)) continue;
    if (isHopByHop(lower)) keepTrailers(headers, lower, value);
    else if (!tellsOrigin(lower)) headers.push(name, value);
    else if (isBelieved(facts.peer, lower) && !take(told, lower, value)) headers.push(name, value);
  }
  headers.push(...forwardingFields(facts, told), 'x-request-id', facts.requestId);
  return headers;
}

// A spelling that a CGI-like server cannot tell from the real one is nobody's to use.
const isBelieved = (peer: Peer, lower: string): boolean => peer.isTrusted && !lower.includes('_');

function keepTrailers(headers: string[], lower: string, value: string): void {
  if (lower === 'te' && /(?:^|,)\s*trailers\s*(?:[,;]|$)/i.test(value)) headers.push('te', 'trailers');
}

/** What a trusted proxy told; each field's lines joined. */
export interface ToldOrigin {
  for: string;
  proto: string;
  host: string;
  prefix: string;
  forwarded: string;
}

export const toldNothing = (): ToldOrigin => ({ for: '', proto: '', host: '', prefix: '', forwarded: '' });

const MERGED: Readonly<Record<string, keyof ToldOrigin>> = {
  'x-forwarded-for': 'for',
  'x-forwarded-proto': 'proto',
  'x-forwarded-host': 'host',
  'x-forwarded-prefix': 'prefix',
  forwarded: 'forwarded',
};

/** Takes a field that the gateway continues; `false` for others, such as `X-Forwarded-Port`, which pass as they are. */
export function take(told: ToldOrigin, lower: string, value: string): boolean {
  const key = MERGED[lower];
  if (key === undefined) return false;
  told[key] = told[key] === '' ? value : `${told[key]}, ${value}`;
  return true;
}

/** The fields that tell an instance where a request came from, flat; `told` is what a trusted proxy said before. */
export function forwardingFields(facts: OriginFacts, told: ToldOrigin): string[] {
  const { peer, host, prefix, version } = facts;
  return [
    'x-forwarded-for',
    continued(told.for, peer.address),
    'x-forwarded-proto',
    told.proto || peer.scheme,
    'x-forwarded-host',
    told.host || host,
    'x-forwarded-prefix',
    publicPrefix(told.prefix, prefix),
    'forwarded',
    continued(told.forwarded, forwardedElement(facts)),
    'via',
    `${version} ${VIA_NAME}`,
  ];
}

const continued = (told: string, own: string): string => (told === '' ? own : `${told}, ${own}`);

/** RFC 7239: an IPv6 address is bracketed and quoted, an authority quoted for its colon. */
function forwardedElement({ peer, host }: OriginFacts): string {
  const node = isIPv6(peer.address) ? `"[${peer.address}]"` : peer.address;
  return `for=${node};host="${host}";proto=${peer.scheme}`;
}

const PREFIX = /^(?:\/[\w.~-]+)+$/;

/** The prefix that clients see: a trusted proxy in front may have taken off one of its own. */
export const publicPrefix = (outer: string, own: string): string => (PREFIX.test(outer) ? outer + own : own);
