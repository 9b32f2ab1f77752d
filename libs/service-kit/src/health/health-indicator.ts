/** One thing that an app's health depends on; an injectable class in the list that `HealthModule.of` takes. */
export interface HealthIndicator {
  /** Its key in the health document. */
  readonly name: string;
  /** `false`: when it is down the app says so (`degraded`) and serves on. */
  readonly required: boolean;
  /** Resolves to details worth showing. @throws when it is down; only a {@link PublicTrouble}'s text is shown. */
  check(): Promise<Readonly<Record<string, unknown>>>;
}

/** Why something is down, in words that everybody may read: no host, path or user in them. */
export class PublicTrouble extends Error {
  override readonly name = 'PublicTrouble';

  /** @param isPartial only some requests fail: readiness shows it, and the instance stays in rotation for the others */
  constructor(
    message: string,
    readonly isPartial = false,
  ) {
    super(message);
  }
}
