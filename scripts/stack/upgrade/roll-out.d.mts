export interface Weighed {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly weight: number;
}

/** Starts and stops instances. */
export interface Fleet {
  /** Starts as many new instances as are running; resolves when they are healthy. */
  start(): Promise<void>;
  /** Stops the new instances. */
  discard(): Promise<void>;
  /** Stops the old instances. */
  retire(): Promise<void>;
}

/** One service in the registry of the gateways. */
export interface ServiceRegistry {
  instances(): Promise<readonly Weighed[]>;
  weigh(instances: readonly Weighed[], weight: number): Promise<void>;
  /** Share of requests to these instances that failed, 0 to 1. */
  failureRate(instances: readonly Weighed[]): Promise<number>;
  /** Requests so far that found no healthy instance. */
  unserved(): Promise<number>;
}

/** Weights of the old instances, step by step. */
export const STEPS: readonly number[];

export function rollOut(options: {
  readonly fleet: Fleet;
  readonly registry: ServiceRegistry;
  readonly print: (line: string) => void;
  readonly pauseMs?: number;
  readonly steps?: readonly number[];
}): Promise<void>;
