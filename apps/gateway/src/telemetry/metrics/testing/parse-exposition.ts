/** A parsed sample line of an exposition. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/**
 * Parses an exposition as strictly as promtool.
 * @throws Error on a line that is neither a comment nor a sample, on HELP or TYPE that is missing or repeated, on
 * samples that are outside their family or repeated, and on inconsistent histograms.
 */
export function parseExposition(text: string): readonly ParsedSample[] {
  if (!text.endsWith('\n')) throw new Error('an exposition ends with a line feed');
  const samples: ParsedSample[] = [];
  const helped = new Set<string>();
  const typed = new Map<string, string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '# EOF') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') family = addOnce(helped, name);
    else if (keyword === 'TYPE') addOnce(typed, name, rest);
    else samples.push(parseSample(line, family));
  }
  for (const name of helped) if (!typed.has(name)) throw new Error(`${name} has no TYPE`);
  checkUnique(samples);
  for (const [name, type] of typed) if (type === 'histogram') checkHistogram(name, samples);
  return samples;
}

function addOnce(declared: Set<string> | Map<string, string>, name: string, value = ''): string {
  if (!NAME.test(name) || declared.has(name)) throw new Error(`${name} is invalid or repeated`);
  if (declared instanceof Map) declared.set(name, value);
  else declared.add(name);
  return name;
}

function parseSample(line: string, family: string): ParsedSample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (!name.startsWith(family.replace(/_total$/, ''))) throw new Error(`not a sample of ${family}: ${line}`);
  const number = value === '+Inf' ? Infinity : Number(value);
  if (value === '' || (Number.isNaN(number) && value !== 'NaN'))
    throw new Error(`sample without a value: ${line}`);
  return { name, labels: parseLabels(labels), value: number };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) throw new Error(`malformed labels: ${text}`);
    labels[match[1] as string] = (match[2] as string).replace(/\\(.)/g, (_all, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

const keyOf = ({ name, labels }: ParsedSample): string =>
  JSON.stringify([name, Object.entries(labels).sort()]);

function checkUnique(samples: readonly ParsedSample[]): void {
  const keys = new Set(samples.map(keyOf));
  if (keys.size !== samples.length) throw new Error('repeated sample');
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of samples.filter((each) => each.name === `${name}_bucket`)) {
    const key = JSON.stringify({ ...sample.labels, le: undefined });
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, buckets] of groups) {
    const count = samples.find(
      (each) => each.name === `${name}_count` && JSON.stringify(each.labels) === key,
    );
    const values = buckets.map(({ value }) => value);
    if (values.some((value, i) => i > 0 && value < (values[i - 1] as number)))
      throw new Error(`${name} is not cumulative`);
    if (buckets.at(-1)?.labels.le !== '+Inf' || values.at(-1) !== count?.value)
      throw new Error(`the last bucket of ${name} is not its count`);
  }
}
