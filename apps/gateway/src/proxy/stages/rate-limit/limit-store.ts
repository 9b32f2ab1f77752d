/** What a gateway reports on one bucket. Amounts are in the unit of the bucket. */
export interface Charge {
  /** Identifies limit and key. */
  readonly key: string;
  /** Cost of the requests that this gateway admitted since its last report. */
  readonly cost: number;
  /** Milliseconds since the first of them. */
  readonly ageMs: number;
  /** The debt without {@link cost} of which this gateway is certain: a store that has lost data continues from here. */
  readonly least: number;
  readonly drainPerMs: number;
}

/** Charges that are sent together. */
export interface Charges {
  readonly charges: readonly Charge[];
  /** Other gateways may report a request this many milliseconds after they admitted it. */
  readonly delayMs: number;
}

/** What all gateways together have charged. */
export interface Charged {
  /** The debt of each bucket in the order of the charges. Negative: other gateways may report earlier requests. */
  readonly debts: readonly number[];
  /** When these were the debts, in milliseconds on the monotonic clock of this process. */
  readonly at: number;
  /** Number of gateways that charged lately. */
  readonly gateways: number;
}

/** What one other gateway has charged: lists of equal length, and the time of the debts as in {@link Charged}. */
export interface ChargedElsewhere {
  readonly keys: readonly string[];
  readonly costs: readonly number[];
  readonly debts: readonly number[];
  readonly at: number;
}

/** Adds up the charges of all gateways. */
export interface LimitStore {
  readonly isAvailable: boolean;
  /** Rejects if the store does not respond in time; it may have applied the charges nevertheless. */
  charge(charges: Charges): Promise<Charged>;
  /** Calls `listener` with what other gateways have charged. */
  onCharged(listener: (charged: ChargedElsewhere) => void): void;
}
