/** A part of a body: from the first byte to the one before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More parts than a client needs; each costs a head of its own. */
const MAX_RANGES = 16;

const RANGE = /^bytes=(.+)$/i;
const PART = /^[ \t]*(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))[ \t]*$/;

/**
 * The parts of a body of `length` bytes that a `Range` field requests (RFC 9110, section 14.2); empty if the body has
 * none of them; `undefined` if the field is ignored, since it is invalid or its parts are together larger than the body.
 */
export function requestedRanges(field: string, length: number): readonly ByteRange[] | undefined {
  const parts = RANGE.exec(field)?.[1]?.split(',') ?? [];
  if (parts.length === 0 || parts.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const part of parts) {
    const [, first, last, suffix] = PART.exec(part) ?? [];
    const range = suffix === undefined ? between(first, last, length) : lastBytes(Number(suffix), length);
    if (!range) return undefined;
    if (range.start < range.end) ranges.push(range);
  }
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return total > length ? undefined : ranges;
}

function between(first: string | undefined, last: string | undefined, length: number): ByteRange | undefined {
  if (first === undefined) return undefined;
  const start = Number(first);
  const end = last ? Number(last) + 1 : length;
  return end <= start && last ? undefined : { start, end: Math.min(end, length) };
}

const lastBytes = (count: number, length: number): ByteRange => ({
  start: Math.max(0, length - count),
  end: length,
});

/** `Content-Range` of a part. */
export const contentRange = ({ start, end }: ByteRange, length: number): string =>
  `bytes ${start}-${end - 1}/${length}`;
