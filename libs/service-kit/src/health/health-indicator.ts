/** One thing that an app's health depends on; an injectable class in the list that `HealthModule.of` takes. */
export interface HealthIndicator {
  /** Its key in the health document. */
  readonly name: string;
  /** `false`: when it is down the app says so (`degraded`) and serves on. */
  readonly required: boolean;
  /** Resolves to details worth showing. @throws when it is down; the error's text is not shown. */
  check(): Promise<Readonly<Record<string, unknown>>>;
}
