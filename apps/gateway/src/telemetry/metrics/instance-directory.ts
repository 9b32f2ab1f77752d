import type { InstanceStatus, RouteTraffic } from '#contracts';
import type { EjectionReason } from './series.js';

/** A service in the registry, with or without instances. */
export interface KnownService {
  readonly name: string;
  readonly instances: readonly { readonly status: InstanceStatus }[];
  /** The instances that can receive requests. */
  readonly available: readonly unknown[];
}

/** Called for each instance that this gateway ejects. */
export type EjectionListener = (service: string, reason: EjectionReason) => void;

/** The part of the registry that metrics read, at the time of a scrape and never per request. */
export interface InstanceDirectory {
  readonly services: readonly KnownService[];
  /** Whether the registry accepts writes. */
  readonly isRegistryUp: boolean;
  /** Requests in flight by instance id; `undefined` when the service is not registered now. */
  loadsOf(service: string): ReadonlyMap<string, number> | undefined;
  /** How the requests to a service are divided among its versions now. */
  trafficOf(service: string): readonly RouteTraffic[];
  onEjection(listener: EjectionListener): void;
}

/** The injection token of the {@link InstanceDirectory}. */
export const INSTANCE_DIRECTORY = Symbol('InstanceDirectory');
