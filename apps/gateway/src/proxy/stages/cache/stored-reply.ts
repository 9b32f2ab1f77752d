import { randomBytes } from 'node:crypto';
import { isNotModified, isSameRange } from '../../../cache/rules/conditional.js';
import { FieldLines } from '../../../cache/rules/field-lines.js';
import { ageOf } from '../../../cache/rules/freshness.js';
import { contentRange, requestedRanges, type ByteRange } from '../../../cache/rules/ranges.js';
import type { HeaderOf } from '../../../cache/rules/vary.js';
import type { StoredResponse } from '../../../cache/stored-response.js';
import type { Reply } from '../../exchange/stage.js';
import type { CachedRequest } from './cached-request.js';

const NO_FIELDS = {};
const EMPTY = Buffer.alloc(0);
const CONTENT_TYPE: ReadonlySet<string> = new Set(['content-type']);

/** A 304 has no fields that describe the body, except where it is (RFC 9110, section 15.4.5). */
const OF_BODY = {
  has: (name: string): boolean =>
    name === 'last-modified' || (name.startsWith('content-') && name !== 'content-location'),
};

/**
 * The reply with a stored response: whole, a part of it, or 304 if the client has it already.
 * @param now milliseconds on the monotonic clock
 * @param cacheStatus the member of `Cache-Status` for this reply
 */
export function storedReply(
  request: CachedRequest,
  stored: StoredResponse,
  now: number,
  cacheStatus: string,
): Reply {
  const own = `age: ${Math.floor(ageOf(stored, now) / 1000)}\r\ncache-status: ${cacheStatus}\r\n`;
  const { status, lines, body } = stored;
  if (status !== 200 || request.isPlain) return reply(status, lines + own, body);
  const { method, headerOf } = request;
  if (isNotModified(headerOf, stored)) return reply(304, withoutBody(lines) + own, EMPTY);
  const range = method === 'GET' ? headerOf('range') : undefined;
  const part = range === undefined ? undefined : partOf(stored, range, headerOf, own);
  return part ?? reply(200, lines + own, body);
}

const reply = (status: number, lines: string, body: Buffer): Reply => ({
  status,
  fields: NO_FIELDS,
  lines,
  body,
});

const withoutBody = (lines: string): string => new FieldLines(lines).without(OF_BODY);

/** `undefined`: the client gets the whole response. */
function partOf(stored: StoredResponse, range: string, headerOf: HeaderOf, own: string): Reply | undefined {
  const { lines, body } = stored;
  const condition = headerOf('if-range');
  if (condition !== undefined && !isSameRange(condition, stored)) return undefined;
  const ranges = requestedRanges(range, body.length);
  if (!ranges) return undefined;
  const [first, second] = ranges;
  if (!first)
    return reply(416, `${withoutBody(lines)}${own}content-range: bytes */${body.length}\r\n`, EMPTY);
  if (second) return severalParts(stored, ranges, own);
  const fields = `${lines}${own}content-range: ${contentRange(first, body.length)}\r\n`;
  return reply(206, fields, body.subarray(first.start, first.end));
}

/** A body of several parts (RFC 9110, section 14.6). */
function severalParts({ lines, body }: StoredResponse, ranges: readonly ByteRange[], own: string): Reply {
  const boundary = randomBytes(12).toString('hex');
  const fields = new FieldLines(lines);
  const type = fields.get('content-type');
  const typeLine = type === undefined ? '' : `content-type: ${type}\r\n`;
  const parts = ranges.flatMap((range) => [
    Buffer.from(
      `--${boundary}\r\n${typeLine}content-range: ${contentRange(range, body.length)}\r\n\r\n`,
      'latin1',
    ),
    body.subarray(range.start, range.end),
    Buffer.from('\r\n'),
  ]);
  const newType = `content-type: multipart/byteranges; boundary=${boundary}\r\n`;
  return reply(
    206,
    fields.without(CONTENT_TYPE) + own + newType,
    Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  );
}
