export interface SuiteResult {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}
export interface SuitesReport {
  readonly testResults: readonly SuiteResult[];
}

/** See rerun-failed.mjs. */
export function rerunFailed<Report extends SuitesReport>(
  report: Report | undefined,
  runAlone: (paths: string[]) => SuitesReport | undefined,
): { report: SuitesReport | undefined; lines: string[] };
