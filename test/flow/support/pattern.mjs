/** A prime, so that lost, duplicated or misplaced blocks of a power of two bytes are detected. */
const PERIOD = 251;
export const LONGEST = 64 * 1024;
const PATTERN = Buffer.from(Array.from({ length: LONGEST + PERIOD }, (_, i) => i % PERIOD));

/** The bytes of a body from `offset` on; `length` is at most `LONGEST`. */
export const patternAt = (offset, length) => {
  const start = offset % PERIOD;
  return PATTERN.subarray(start, start + length);
};
