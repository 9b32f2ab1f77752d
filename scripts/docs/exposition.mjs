/** The families of a Prometheus exposition: `{ name, help, type, labels }`; `labels` is `undefined` without samples. */
export function familiesOf(text) {
  const families = [];
  for (const line of text.split('\n')) {
    const [, name, help] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
    if (name) families.push({ name, help });
    else if (line.startsWith('# TYPE')) families.at(-1).type = line.split(' ')[3];
    else if (line !== '' && !line.startsWith('#')) families.at(-1).labels ??= labelsOf(line);
  }
  return families;
}

/** Bounds of buckets and quantiles belong to the type of a family. */
const labelsOf = (sample) =>
  [...sample.matchAll(/[{,](\w+)="(?:[^"\\]|\\.)*"/g)]
    .map(([, label]) => label)
    .filter((label) => label !== 'le' && label !== 'quantile');
