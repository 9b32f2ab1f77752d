/** Text of figures, the same in every language. */
export const percent = (value) => `${Number(value.toFixed(2))} %`;

export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const textOf = (name, value) => (name === 'availability' ? percent(value) : duration(value));

/** A check as text: its value, or `none` if there is none, and its limit. */
export const checkTexts = ({ name, value, limit }, none) => ({
  value: value === undefined ? none : textOf(name, value),
  limit: `${name === 'availability' ? '≥' : '≤'} ${textOf(name, limit)}`,
});

/** The cells of a phase, without its name. */
export const phaseCells = ({ requests, failed, availabilityPercent, p50Ms, p99Ms, maxMs }) =>
  [requests, failed, percent(availabilityPercent), duration(p50Ms), duration(p99Ms), duration(maxMs)].map(
    String,
  );

/** Remarks that explain a result. */
export function remarksOf({ detectMs, drill }, words) {
  return [
    ...(detectMs === undefined && drill.faultMs !== undefined ? [words.stayed] : []),
    ...(drill.up <= drill.targets.length ? [words.alone] : []),
  ];
}

export const verdictOf = ({ passed, drill }, words) =>
  drill.isInterrupted ? words.interrupted : passed ? words.passed : words.failed;
