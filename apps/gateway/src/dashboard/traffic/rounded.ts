/** `value` with three significant digits: a figure that changes less is not sent again. */
export function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const digits = Math.floor(Math.log10(Math.abs(value))) - 2;
  if (digits >= 0) return Math.round(value / 10 ** digits) * 10 ** digits;
  return Math.round(value * 10 ** -digits) / 10 ** -digits;
}

const SECOND_MS = 1000;

/** Most times of a state are those of the last seconds. */
const MOST_TEXTS = 200;
const texts = new Map<number, string>();

/** A time in ISO 8601, in whole seconds. @param ms since the epoch */
export function isoSecond(ms: number): string {
  const second = Math.floor(ms / SECOND_MS);
  let text = texts.get(second);
  if (text !== undefined) return text;
  text = new Date(second * SECOND_MS).toISOString();
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(second, text);
  return text;
}
