import { tableOf } from './table.mjs';
import { FORMATS, stripControl } from './text.mjs';
import { ageOf, milliseconds, percent, rate } from './units.mjs';

const COLUMNS = [
  { title: 'CONDITION', format: (condition) => FORMATS[condition] },
  { title: 'SERVICE' },
  { title: 'UP', isNumber: true },
  { title: 'REQ/S', isNumber: true },
  { title: 'ERRORS', isNumber: true },
  { title: 'P50', isNumber: true },
  { title: 'P99', isNumber: true },
  { title: 'PENDING', isNumber: true },
];

const CONDITIONS = ['critical', 'warning', 'ok'];
/** What needs attention has at most this part of the rows. */
const MOST_ATTENTION = 0.4;

/**
 * The state of a gateway as lines: the gateway, its services, and what needs attention.
 * @param rows how many lines there may be
 */
export function frameOf(state, { url, paint, rows = Infinity }) {
  const head = [...headOf(state, url).map(stripControl), ''];
  const attention = Object.values(state.attention)
    .sort(byCondition)
    .map((item) => attentionLine(item, state.at, paint));
  const shown = fitted(attention, Math.floor(rows * MOST_ATTENTION), 'findings');
  const foot = shown.length > 0 ? ['', paint('bold', 'NEEDS ATTENTION'), ...shown] : [];
  const [titles, ...services] = tableOf(COLUMNS, serviceRows(state.services), paint);
  return [...head, titles, ...fitted(services, rows - head.length - 1 - foot.length, 'services'), ...foot];
}

function headOf({ at, gateway, traffic, instances }, url) {
  const all = Object.values(instances);
  const up = all.filter(({ status }) => status === 'up').length;
  return [
    [
      `${gateway.name} ${gateway.version}`,
      url,
      gateway.environment,
      `started ${ageOf(gateway.startedAt, at)} ago`,
      at,
    ].join('  '),
    [
      `${rate(traffic.requestsPerSecond)} req/s`,
      `errors ${percent(traffic.errorRate)}`,
      `p50 ${milliseconds(traffic.p50Ms)}`,
      `p99 ${milliseconds(traffic.p99Ms)}`,
      `pending ${traffic.inFlight}`,
      `instances ${up}/${all.length} up`,
      ...(gateway.isRegistryUp ? [] : ['registry accepts no writes']),
    ].join('  '),
  ];
}

const serviceRows = (services) =>
  Object.entries(services)
    .sort(([nameOfA, a], [nameOfB, b]) => byCondition(a, b) || (nameOfA < nameOfB ? -1 : 1))
    .map(([name, service]) => [
      service.condition,
      name,
      `${service.healthy}/${service.total}`,
      rate(service.requestsPerSecond),
      percent(service.errorRate),
      milliseconds(service.p50Ms),
      milliseconds(service.p99Ms),
      service.inFlight,
    ]);

/** The most serious first. */
const byCondition = (a, b) => CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition);

function attentionLine({ kind, condition, subject, since, reason }, at, paint) {
  const text = [kind, subject, `for ${ageOf(since, at)}:`, reason].filter(Boolean).join(' ');
  return `${paint(FORMATS[condition], condition.padEnd(9))}  ${stripControl(text)}`;
}

/** As many lines as there is room for; the last one counts the others. */
function fitted(lines, room, what) {
  if (lines.length <= room) return lines;
  const shown = lines.slice(0, Math.max(0, room - 1));
  return [...shown, `… ${lines.length - shown.length} more ${what}`];
}
