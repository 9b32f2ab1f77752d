export interface Weighed {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly weight: number;
}

/** Starts and ends instances. */
export interface Fleet {
  /** As many new ones as there are; resolves when they are healthy. */
  start(): Promise<void>;
  /** Ends those that were started. */
  discard(): Promise<void>;
  /** Ends those that were there before. */
  retire(): Promise<void>;
}

/** What is asked of the gateways about one service. */
export interface ServiceRegistry {
  instances(): Promise<readonly Weighed[]>;
  weigh(instances: readonly Weighed[], weight: number): Promise<void>;
  /** Share of requests to these instances that failed, 0 to 1. */
  failureRate(instances: readonly Weighed[]): Promise<number>;
  /** Requests so far that met no healthy instance. */
  unserved(): Promise<number>;
}

/** Weights of the instances that leave, one step after the other. */
export const STEPS: readonly number[];

export function rollOut(options: {
  readonly fleet: Fleet;
  readonly registry: ServiceRegistry;
  readonly say: (line: string) => void;
  readonly pauseMs?: number;
  readonly steps?: readonly number[];
}): Promise<void>;
