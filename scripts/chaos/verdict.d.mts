/** See verdict.mjs. */
export interface Observed {
  readonly samples: readonly { readonly dueMs: number; readonly ms: number; readonly status: number }[];
  readonly changes: readonly { readonly atMs: number; readonly up: number }[];
  readonly up: number;
  readonly faultMs?: number;
  readonly faultEndMs?: number;
  readonly endMs: number;
  readonly isInterrupted?: boolean;
}

export interface Limits {
  readonly availabilityPercent: number;
  readonly p99Ms: number;
  readonly detectMs: number;
  readonly mustDetect: boolean;
  readonly recoverMs: number;
}

export interface Verdict {
  readonly detectMs: number | undefined;
  readonly recoverMs: number | undefined;
  readonly all: { readonly availabilityPercent: number; readonly failed: number };
  readonly phases: Readonly<
    Record<'before' | 'during' | 'after', { requests: number; p99Ms: number; availabilityPercent: number }>
  >;
  readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
  readonly passed: boolean;
}

export function hasRecovered(drill: Observed): boolean;
export function judge(drill: Observed, options: { readonly limits: Limits }): Verdict;
