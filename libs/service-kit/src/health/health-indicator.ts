/** One dependency of an app's health; an injectable class in the list for `HealthModule.of`. */
export interface HealthIndicator {
  /** Its key in the health document. */
  readonly name: string;
  /** With `false`, a failure is reported as `degraded`, and the app keeps serving. */
  readonly required: boolean;
  /**
   * Resolves to details for the health document.
   * @throws when the dependency is down; only the text of a {@link PublicHealthError} is shown.
   */
  check(): Promise<Readonly<Record<string, unknown>>>;
}

/** Reason why a dependency is down, as a public text: without host, path or user. */
export class PublicHealthError extends Error {
  override readonly name = 'PublicHealthError';

  /**
   * @param isPartial only some requests fail: readiness reports it, but the instance stays in rotation for the others
   */
  constructor(
    message: string,
    readonly isPartial = false,
  ) {
    super(message);
  }
}
