import type { VersionTraffic } from './version-traffic.mjs';

export interface WeightedInstance {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly weight: number;
}

/** Starts and stops instances. */
export interface RolloutFleet {
  /** Starts as many new instances as are running; resolves when they are healthy. */
  start(): Promise<void>;
  /** Stops the new instances. */
  discard(): Promise<void>;
  /** Stops the old instances. */
  retire(): Promise<void>;
}

/** One service in the registry of the gateways. */
export interface RolloutRegistry {
  instances(): Promise<readonly WeightedInstance[]>;
  setWeight(instances: readonly WeightedInstance[], weight: number): Promise<void>;
  /** Share of requests to these instances that failed, 0 to 1. */
  failureRate(instances: readonly WeightedInstance[]): Promise<number>;
  /** Requests so far that found no healthy instance. */
  unserved(): Promise<number>;
}

/** Weights of the old instances, step by step. */
export const STEPS: readonly number[];

export function rollOut(options: {
  readonly fleet: RolloutFleet;
  readonly registry: RolloutRegistry;
  /** Moves traffic by the versions of the policy file; without it, weights of instances do. */
  readonly traffic?: VersionTraffic;
  readonly print: (line: string) => void;
  readonly pauseMs?: number;
  readonly steps?: readonly number[];
}): Promise<void>;
