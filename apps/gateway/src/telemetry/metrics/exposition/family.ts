export type Labels = Readonly<Record<string, string>>;

/** One line of an exposition. */
export interface Sample {
  /** Appended to the family's name: `_bucket`, `_total`, and so on, or empty. */
  readonly suffix: '' | '_total' | '_bucket' | '_sum' | '_count';
  readonly labels: Labels;
  readonly value: number;
}

/** All samples of one name, with their description. */
export interface MetricFamily {
  /** Without `_total`, which is a suffix of a counter's samples. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly Sample[];
}

/** Creates the family of a counter or gauge from pairs of labels and value. */
export const family = (
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  values: Iterable<readonly [Labels, number]>,
): MetricFamily => ({
  name,
  help,
  type,
  samples: Array.from(values, ([labels, value]) => ({
    suffix: type === 'counter' ? '_total' : '',
    labels,
    value,
  })),
});
