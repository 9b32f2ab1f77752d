/** Formats of `/metrics`. */
export type Format = 'prometheus' | 'openmetrics' | 'json';

const FORMATS: Readonly<Record<string, Format>> = {
  'text/plain': 'prometheus',
  'text/*': 'prometheus',
  '*/*': 'prometheus',
  'application/openmetrics-text': 'openmetrics',
  'application/json': 'json',
  'application/*': 'json',
};

/** The format that `Accept` prefers; among equals, the first. Prometheus text in all other cases. */
export function negotiate(accept = ''): Format {
  let best: { format: Format; quality: number } = { format: 'prometheus', quality: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const format = FORMATS[type];
    const quality = qualityOf(parameters);
    if (format && quality > best.quality) best = { format, quality };
  }
  return best.format;
}

function qualityOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
}
