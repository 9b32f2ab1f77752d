import { escaped } from './escaped.mjs';

const [WIDTH, HEIGHT, LEFT, TOP] = [860, 260, 60, 10];
const BOTTOM = HEIGHT - 30;
/** Latencies are drawn on a logarithmic scale. */
const LEAST_MS = 1;
const TICKS_MS = [1, 10, 100, 1000, 10_000];
const MOST_MS = 20_000;

/** Requests, the fault and changes of rotation over time, as SVG. */
export function timelineOf({ drill }, words) {
  const { samples, changes, faultMs, faultEndMs, endMs } = drill;
  const x = (ms) => (LEFT + ((WIDTH - LEFT - 10) * ms) / endMs).toFixed(1);
  const dots = samples.map(({ dueMs, ms, status }) => {
    const isFailed = status === 0 || status >= 500;
    return `<circle class="${isFailed ? 'bad' : 'ok'}" cx="${x(dueMs)}" cy="${y(ms)}" r="${isFailed ? 3 : 1.6}"/>`;
  });
  const fault =
    faultMs === undefined
      ? ''
      : `<rect class="fault" x="${x(faultMs)}" y="${TOP}" width="${(x(faultEndMs) - x(faultMs)).toFixed(1)}" height="${BOTTOM - TOP}"><title>${escaped(words.fault)}</title></rect>`;
  const marks = changes.map(
    ({ atMs, instanceId, status }) =>
      `<line class="${status === 'up' ? 'up' : 'down'}" x1="${x(atMs)}" x2="${x(atMs)}" y1="${TOP}" y2="${BOTTOM}"><title>${escaped(`${instanceId} ${status}`)}</title></line>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(words.latency)}">
${fault}${TICKS_MS.map(gridLine).join('')}${secondsOf(endMs)
    .map((ms) => `<text x="${x(ms)}" y="${HEIGHT - 10}" text-anchor="middle">${ms / 1000} s</text>`)
    .join('')}
${marks.join('')}${dots.join('')}
</svg>`;
}

function y(ms) {
  const share = Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(MOST_MS / LEAST_MS);
  return (BOTTOM - (BOTTOM - TOP) * Math.min(share, 1)).toFixed(1);
}

const gridLine = (ms) =>
  `<line class="grid" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(ms)}" y2="${y(ms)}"/><text x="${LEFT - 6}" y="${Number(y(ms)) + 4}" text-anchor="end">${ms} ms</text>`;

/** About ten full seconds of a drill. */
function secondsOf(endMs) {
  const stepMs = Math.max(1, Math.round(endMs / 10_000)) * 1000;
  return Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, index) => index * stepMs);
}
