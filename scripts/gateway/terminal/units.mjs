/** What a table shows where there is nothing to measure. */
const NOTHING = '-';

export const rate = (perSecond) => perSecond.toFixed(perSecond < 10 ? 1 : 0);

/** @param share 0 to 1 */
export const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/** @param ms 0: there were no requests */
export function milliseconds(ms) {
  if (!ms) return NOTHING;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Whole units of a time, the largest that fits. */
export function age(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** The time since a time of the gateway, by its own clock. Its first year stands for a time that is not known. */
export const ageOf = (time, now) => (time < '1971' ? NOTHING : age(Date.parse(now) - Date.parse(time)));
