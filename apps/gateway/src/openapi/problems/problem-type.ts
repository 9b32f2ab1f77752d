/** A type of problem, as the page of problem types shows it. */
export interface ProblemType {
  /** The last part of the URN in `type`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** When it occurs; code stands in backticks. */
  readonly meaning: { readonly en: string; readonly ko: string };
}

export type Language = keyof ProblemType['meaning'];
