/** The media type of the OpenMetrics text format. */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Converts Prometheus text to OpenMetrics text: the name of a counter's family has no `_total`, there are no blank
 * lines, and the end is marked. (prom-client's own writer of this format permanently renames the counters of the
 * registry.)
 */
export function toOpenMetrics(prometheus: string): string {
  const counters = [...prometheus.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, family]) => family);
  const families = new Set(counters);
  const lines = prometheus
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/^(# (?:HELP|TYPE) )(\S+)_total /, (whole, start: string, family: string) =>
        families.has(family) ? `${start}${family} ` : whole,
      ),
    );
  return `${lines.join('\n')}\n# EOF\n`;
}
