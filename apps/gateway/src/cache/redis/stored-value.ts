import { crc32 } from 'node:zlib';
import type { PurgePosition } from '../purges/shared-purges.js';
import { ageOf } from '../rules/freshness.js';
import { withBody, type StoredHead, type StoredResponse } from '../stored-response.js';

/**
 * A value in Redis: the version of the format, a checksum of what follows, the length of the head, the head in JSON,
 * the field lines in Latin-1 and the body. Redis counts the time that the value may still be used, which tells the age
 * of a response without comparing clocks.
 */
const VERSION = 1;
const CHECKSUM_AT = 1;
const HEAD_LENGTH_AT = 5;
const HEAD_AT = 9;

/** Names of the request fields that select a response; each variant has a key of its own. */
export interface StoredVary {
  readonly vary: readonly string[];
}

/** A response, and the position of purges when its request was sent. */
export interface SharedResponse {
  readonly response: StoredResponse;
  readonly position: number;
}

/** What belongs to a gateway, not to the response, is left out. */
interface Head extends Omit<StoredHead, 'lines' | 'receivedAt' | 'initialAge'> {
  readonly linesLength: number;
  readonly position: number;
  /** Age at which the value expires, milliseconds. */
  readonly maxAge: number;
}

/** How long a response may be used, as far as that does not depend on requests; milliseconds from now. */
export const msUsable = (response: StoredResponse, now: number): number =>
  Math.floor(maxAgeOf(response) - ageOf(response, now));

const maxAgeOf = ({ lifetime, staleWhileRevalidate, staleIfError }: StoredHead): number =>
  lifetime + Math.max(staleWhileRevalidate, staleIfError);

export function encodeResponse(response: StoredResponse, { id }: PurgePosition): Buffer {
  const { lines, body, receivedAt: _receivedAt, initialAge: _initialAge, ...head } = response;
  const text = Buffer.from(lines, 'latin1');
  return encode({ ...head, linesLength: text.length, position: id, maxAge: maxAgeOf(response) }, text, body);
}

export const encodeVary = (vary: readonly string[]): Buffer => encode({ vary });

function encode(head: Head | StoredVary, ...parts: readonly Buffer[]): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const value = Buffer.concat([Buffer.alloc(HEAD_AT), json, ...parts]);
  value[0] = VERSION;
  value.writeUInt32BE(json.length, HEAD_LENGTH_AT);
  value.writeUInt32BE(crc32(value.subarray(HEAD_LENGTH_AT)), CHECKSUM_AT);
  return value;
}

/**
 * @param msLeft until the value expires
 * @param now on the monotonic clock
 * @returns `undefined` if the value is damaged, or of another version
 */
export function decode(value: Buffer, msLeft: number, now: number): SharedResponse | StoredVary | undefined {
  if (value.length < HEAD_AT || value[0] !== VERSION) return undefined;
  if (value.readUInt32BE(CHECKSUM_AT) !== crc32(value.subarray(HEAD_LENGTH_AT))) return undefined;
  const linesAt = HEAD_AT + value.readUInt32BE(HEAD_LENGTH_AT);
  const head = JSON.parse(value.toString('utf8', HEAD_AT, linesAt)) as Head | StoredVary;
  if (!('linesLength' in head)) return head;
  const { linesLength, position, maxAge, ...others } = head;
  const bodyAt = linesAt + linesLength;
  // A slice would keep a whole chunk of the connection alive.
  const body = Buffer.allocUnsafeSlow(value.length - bodyAt);
  value.copy(body, 0, bodyAt);
  const lines = value.toString('latin1', linesAt, bodyAt);
  const stored = { ...others, lines, receivedAt: now, initialAge: maxAge - msLeft };
  return { response: withBody(stored, body), position };
}
