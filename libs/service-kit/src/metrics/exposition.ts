/** Labels of a sample. A number is a bound, such as `le`. */
export type MetricLabels = Readonly<Record<string, string | number>>;

/** One line of an exposition. */
export interface MetricSample {
  /** Appended to the family's name. */
  readonly suffix: '' | '_total' | '_bucket' | '_sum' | '_count';
  readonly labels: MetricLabels;
  readonly value: number;
  /** An observation behind the value; only OpenMetrics has it. */
  readonly exemplar?: {
    readonly labels: MetricLabels;
    readonly value: number;
    /** Seconds since the epoch. */
    readonly at: number;
  };
}

/** All samples of one name, with their description. */
export interface MetricFamily {
  /** Without `_total`, which is a suffix of a counter's samples. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly MetricSample[];
}

/** A value of a counter or gauge. */
export type LabelledValue = readonly [MetricLabels, number];

/** @param name without `_total` */
export const counterFamily = (name: string, help: string, values: Iterable<LabelledValue>): MetricFamily => ({
  name,
  help,
  type: 'counter',
  samples: Array.from(values, ([labels, value]) => ({ suffix: '_total', labels, value })),
});

export const gaugeFamily = (name: string, help: string, values: Iterable<LabelledValue>): MetricFamily => ({
  name,
  help,
  type: 'gauge',
  samples: Array.from(values, ([labels, value]) => ({ suffix: '', labels, value })),
});

/** The text formats of metrics, with their media types. */
export const EXPOSITION_TYPES = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

export type ExpositionFormat = keyof typeof EXPOSITION_TYPES;

/**
 * Renders families as text.
 * @example renderExposition(await familiesOf(registry), 'openmetrics')
 */
export function renderExposition(families: readonly MetricFamily[], format: ExpositionFormat): string {
  const isOpen = format === 'openmetrics';
  const text = families
    // In OpenMetrics the name of a counter's family has no `_total`.
    .map((each) =>
      render(each, each.type === 'counter' && !isOpen ? `${each.name}_total` : each.name, isOpen),
    )
    .join('');
  return isOpen ? `${text}# EOF\n` : text;
}

function render({ name, help, type, samples }: MetricFamily, header: string, isOpen: boolean): string {
  const lines = [`# HELP ${header} ${escapeHelp(help)}`, `# TYPE ${header} ${type}`];
  for (const { suffix, labels, value, exemplar } of samples) {
    const example = isOpen && exemplar ? renderExemplar(exemplar) : '';
    lines.push(`${name}${suffix}${renderLabels(labels)} ${renderNumber(value)}${example}`);
  }
  return `${lines.join('\n')}\n`;
}

const renderExemplar = ({ labels, value, at }: MetricSample['exemplar'] & {}): string =>
  ` # ${renderLabels(labels)} ${renderNumber(value)} ${at.toFixed(3)}`;

function renderLabels(labels: MetricLabels): string {
  let text = '';
  // A large fleet has a hundred thousand samples: avoids an array for each.
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${renderLabel(labels[name] ?? '')}"`;
  return text === '' ? '' : `${text}}`;
}

const NEEDS_ESCAPE = /[\\\n"]/;

function renderLabel(value: string | number): string {
  if (typeof value === 'number') return renderNumber(value);
  return NEEDS_ESCAPE.test(value) ? escapeHelp(value).replaceAll('"', '\\"') : value;
}

function renderNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
