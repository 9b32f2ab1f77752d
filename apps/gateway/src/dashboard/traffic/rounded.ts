/** `value` with three significant digits: a figure that changes less is not sent again. */
export function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const digits = Math.floor(Math.log10(Math.abs(value))) - 2;
  if (digits >= 0) return Math.round(value / 10 ** digits) * 10 ** digits;
  return Math.round(value * 10 ** -digits) / 10 ** -digits;
}

const SECOND_MS = 1000;

/** A time in ISO 8601, in whole seconds. @param ms since the epoch */
export const isoSecond = (ms: number): string =>
  new Date(Math.floor(ms / SECOND_MS) * SECOND_MS).toISOString();
