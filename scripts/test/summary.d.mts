/** See summary.mjs. */
export function summaryOf(report: object | undefined): { line: string; ok: boolean };
