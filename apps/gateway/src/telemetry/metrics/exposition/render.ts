import type { Labels, MetricFamily } from './family.js';

/** The Prometheus text format, version 0.0.4. */
export const renderPrometheus = (families: readonly MetricFamily[]): string =>
  // In this format the name of a counter's family includes `_total`, as in its samples.
  families.map((each) => render(each, each.type === 'counter' ? `${each.name}_total` : each.name)).join('');

/** OpenMetrics text, version 1.0.0. */
export const renderOpenMetrics = (families: readonly MetricFamily[]): string =>
  `${families.map((each) => render(each, each.name)).join('')}# EOF\n`;

function render({ name, help, type, samples }: MetricFamily, header: string): string {
  const lines = [`# HELP ${header} ${escapeHelp(help)}`, `# TYPE ${header} ${type}`];
  for (const { suffix, labels, value } of samples)
    lines.push(`${name}${suffix}${renderLabels(labels)} ${renderNumber(value)}`);
  return `${lines.join('\n')}\n`;
}

function renderLabels(labels: Labels): string {
  let text = '';
  // A large fleet has a hundred thousand samples: avoids an array for each.
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${escapeLabel(labels[name] ?? '')}"`;
  return text === '' ? '' : `${text}}`;
}

export function renderNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const NEEDS_ESCAPE = /[\\\n"]/;
const escapeLabel = (text: string): string =>
  NEEDS_ESCAPE.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
