import { meanOf } from './median.mjs';

const NONE = '-';
const decimals = (value) => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

const plain = (value) =>
  value === undefined
    ? NONE
    : value.toLocaleString('en', {
        maximumFractionDigits: decimals(value),
        minimumFractionDigits: decimals(value),
      });

const ratio = (value, base) => (value === undefined || base === undefined ? NONE : (value / base).toFixed(2));

/** With its cache in scenarios of caches. */
const nginxOf = (find) => find('nginx') ?? find('nginx-cache');

const cpuColumns = (find) => [
  ['CPU us/req', ({ cpuUs }) => plain(cpuUs)],
  ['/ http-proxy', ({ cpuUs }) => ratio(cpuUs, find('fastify-http-proxy')?.cpuUs)],
  ['/ nginx', ({ cpuUs }) => ratio(cpuUs, nginxOf(find)?.cpuUs)],
];

const rateColumns = (find) => [
  ['req/s', ({ rps }) => plain(rps)],
  ['/ http-proxy', ({ rps }) => ratio(rps, find('fastify-http-proxy')?.rps)],
  ['/ nginx', ({ rps }) => ratio(rps, nginxOf(find)?.rps)],
];

const hitColumns = (find) => [
  ['hit rate', ({ hitRate }) => (hitRate === undefined ? NONE : `${(hitRate * 100).toFixed(1)} %`)],
  ['hits/s', ({ hitsPerSecond }) => plain(hitsPerSecond)],
  ['/ nginx', ({ hitsPerSecond }) => ratio(hitsPerSecond, nginxOf(find)?.hitsPerSecond)],
  ['objects', ({ storage }) => (storage?.objects ?? NONE).toLocaleString('en')],
  ['memory MiB', ({ storage }) => mebibytes(storage?.memoryBytes)],
  ['files MiB', ({ storage }) => mebibytes(storage?.fileBytes)],
  ['bytes/object', ({ storage }) => plain(storage?.bytesPerObject)],
];

const mebibytes = (bytes) => plain(bytes && bytes / 2 ** 20);

// At a fixed rate requests/s are given; the added latency relative to no proxy is the result.
const addedColumns = (find) => {
  const added = (result) => {
    const direct = find('direct');
    return result === undefined || direct === undefined ? undefined : result.p50Ms - direct.p50Ms;
  };
  return [
    ['added p50 ms', (result) => plain(added(result))],
    ['/ nginx', (result) => ratio(added(result), added(find('nginx')))],
  ];
};

const RESULT_COLUMNS = { closed: rateColumns, zipf: hitColumns, open: addedColumns };

const baseColumn = (base, find) =>
  base === undefined ? [] : [[`/ ${base}`, (result) => ratioToBase(result, find(base))]];

/** With several starts the mean of their ratios: a process keeps the speed that it was started with. */
function ratioToBase({ cpuUs, cpuUsOfStarts }, base) {
  const ratios = cpuUsOfStarts.map((each, start) => each / base?.cpuUsOfStarts[start]);
  const measured = meanOf(ratios.filter((each) => each > 0));
  if (measured === undefined) return ratio(cpuUs, base?.cpuUs);
  return `${measured.mean.toFixed(3)} ±${measured.error.toFixed(3)}`;
}

const columns = ({ kind, base }, find) => [
  ['target', ({ title }) => title],
  ...baseColumn(base, find),
  ...cpuColumns(find),
  ...RESULT_COLUMNS[kind](find),
  ['p50 ms', ({ p50Ms }) => plain(p50Ms)],
  ['p99 ms', ({ p99Ms }) => plain(p99Ms)],
  ['failed', ({ failures }) => String(failures)],
];

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    )
    .join('\n');
}

const controlLine = ({ controlOffset, control }) =>
  controlOffset === undefined
    ? 'control: not measured'
    : `control: two runs of the same target differ by ${(controlOffset * 100).toFixed(1)} % in ${control}`;

/** One scenario as text, with ratios to @fastify/http-proxy and to nginx. */
export function tableOf(scenario) {
  const find = (name) => scenario.results.find((result) => result.name === name && !result.leftOut);
  const shown = columns(scenario, find);
  const present = scenario.results.filter(({ leftOut }) => leftOut === undefined);
  const rows = [
    shown.map(([title]) => title),
    ...present.map((result) => shown.map(([, cell]) => cell(result))),
  ];
  const absent = scenario.results.filter(({ leftOut, isControl }) => leftOut !== undefined && !isControl);
  return [
    `${scenario.title} (${scenario.name})`,
    align(rows),
    ...absent.map(({ title, leftOut }) => `left out: ${title}: ${leftOut}`),
    controlLine(scenario),
  ].join('\n');
}
