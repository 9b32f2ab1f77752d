const HTML = ['text/html', 'text/*', '*/*'];
const JSON_TYPES = ['application/json', 'application/*', '*/*'];

/** The weight of each media range in an `Accept` field (RFC 9110, section 12.5.1). */
function weightsOf(accept: string): ReadonlyMap<string, number> {
  return new Map(
    accept.split(',').map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [type, weight === undefined ? 1 : Number(weight) || 0];
    }),
  );
}

/** The weight of the most specific media range that covers a type; `ranges` are the ranges of that type. */
function weightOf(ranges: readonly string[], weights: ReadonlyMap<string, number>): number {
  const range = ranges.find((candidate) => weights.has(candidate));
  return range === undefined ? 0 : (weights.get(range) ?? 0);
}

/** Whether a client prefers HTML to JSON. Browsers do; a client that accepts anything gets JSON. */
export function prefersHtml(accept = ''): boolean {
  const weights = weightsOf(accept);
  return weightOf(HTML, weights) > weightOf(JSON_TYPES, weights);
}
