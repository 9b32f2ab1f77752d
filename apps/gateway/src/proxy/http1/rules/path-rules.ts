/** A plain or encoded separator followed by a plain or encoded dot: only such paths need closer inspection. */
const MAY_HAVE_DOT_SEGMENT = /(?:[/\\]|%2f|%5c)(?:\.|%2e)/i;
const HIDDEN_SEPARATOR = /\\|%2f|%5c/i;
const ENCODED_DOT = /%2e/gi;

/** A segment without its parameters (some servers treat `..;x` as `..`), with encoded dots decoded. */
const plainSegment = (segment: string): string => (segment.split(';', 1)[0] ?? '').replace(ENCODED_DOT, '.');

/**
 * Change of depth by `segment`: down (1), none (0) or up (-1 and below), in the interpretation that moves up the
 * most. Servers differ on whether `%2F` and `\` separate segments, and on whether empty segments count.
 */
function stepOf(segment: string): number {
  const parts = segment.split(HIDDEN_SEPARATOR).map(plainSegment);
  const ups = parts.filter((part) => part === '..').length;
  if (ups > 0) return -ups;
  return isName(plainSegment(segment)) && parts.some(isName) ? 1 : 0;
}

const isName = (plain: string): boolean => plain !== '' && plain !== '.';

/**
 * Whether dot segments lead out of `path` (no query, starting with "/") in any interpretation. Doubly encoded dots
 * (`%252e`) are ordinary names.
 */
export function escapes(path: string): boolean {
  if (!MAY_HAVE_DOT_SEGMENT.test(path)) return false;
  let depth = 0;
  for (const segment of path.split('/')) {
    depth += stepOf(segment);
    if (depth < 0) return true;
  }
  return false;
}
