import type { Instance, ServiceEntry } from '../../discovery/index.js';
import type { Route } from '../exchange/route.js';

/** An instance that is not a candidate for a request, and the reason. */
export interface ExcludedInstance {
  readonly id: string;
  readonly url: string;
  readonly status: Instance['status'];
  readonly reason: string;
}

/** An instance that is a candidate for a request. */
export interface CandidateInstance {
  readonly id: string;
  readonly url: string;
  readonly transport: Instance['transport'];
  readonly version: string;
  readonly weight: number;
  readonly inFlight: number;
  /** Moving time to the response head, in milliseconds; 0: unknown. */
  readonly latencyMs: number;
  /** Failures since the last successful response. */
  readonly failuresInRow: number;
}

/** The instances of a service, as a request would meet them. */
export interface MetInstances {
  /** Those in rotation that the route sends the request to, also those without room. */
  readonly available: readonly Instance[];
  readonly candidates: readonly Instance[];
  readonly excluded: readonly ExcludedInstance[];
}

/**
 * The instances that could take the request, and why the others could not.
 * @param version the version that gets the request; `undefined`: any version of the route
 */
export function instancesOf(
  { policy, versions }: Route,
  entry: ServiceEntry | undefined,
  version: string | undefined,
): MetInstances {
  const isOfVersion = (instance: Instance): boolean =>
    !versions ||
    (version === undefined ? versions.weightOf(instance.version) > 0 : instance.version === version);
  const inRotation = new Set(versions ? entry?.availableByVersion : entry?.available);
  const available = [...inRotation].filter(isOfVersion);
  const limit = policy.concurrency.perInstance || Infinity;
  const hasRoom = ({ load }: Instance): boolean => load.inFlight < limit;
  const withReason = (instances: readonly Instance[], reason: string): ExcludedInstance[] =>
    instances.map((each) => ({ ...describeExcluded(each), reason }));
  return {
    available,
    candidates: available.filter(hasRoom),
    excluded: [
      ...(entry?.instances ?? []).filter((each) => !inRotation.has(each)).map(describeExcluded),
      ...withReason(
        [...inRotation].filter((each) => !isOfVersion(each)),
        'another version gets the request',
      ),
      ...withReason(
        available.filter((each) => !hasRoom(each)),
        `concurrency limit reached (${limit}, gateway.concurrency.per-instance)`,
      ),
    ],
  };
}

export const describeCandidate = ({
  id,
  url,
  transport,
  version,
  weight,
  load,
}: Instance): CandidateInstance => ({
  id,
  url,
  transport,
  version,
  weight,
  inFlight: load.inFlight,
  latencyMs: Math.round(load.latencyMs * 100) / 100,
  failuresInRow: load.failuresInRow,
});

const describeExcluded = ({ id, url, status, statusReason, weight, hold }: Instance): ExcludedInstance => ({
  id,
  url,
  status,
  reason: status === 'up' ? (reasonOfUp(weight, hold) ?? statusReason) : statusReason,
});

function reasonOfUp(weight: number, hold: Instance['hold']): string | undefined {
  if (weight === 0) return 'weight is 0';
  return hold && `${hold.kind}: ${hold.reason}`;
}
