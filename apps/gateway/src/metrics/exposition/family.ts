export type Labels = Readonly<Record<string, string>>;

/** One line of an exposition. */
export interface Sample {
  /** Follows the family's name: `_bucket`, `_total`, or nothing. */
  readonly suffix: '' | '_total' | '_bucket' | '_sum' | '_count';
  readonly labels: Labels;
  readonly value: number;
}

/** All samples of one name, with what they mean. */
export interface MetricFamily {
  /** Without `_total`, which is part of a counter's samples. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly Sample[];
}

/** A counter's or gauge's family from pairs of labels and value. */
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
