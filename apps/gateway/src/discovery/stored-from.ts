import {
  DEFAULT_HEALTH_PATH,
  DEFAULT_TTL_SECONDS,
  DEFAULT_VERSION,
  DEFAULT_WEIGHT,
  type HeartbeatDto,
  type RegisterInstanceDto,
} from '#contracts';
import type { InstanceReport, InstanceVitals, StoredInstance } from './store/stored-instance.js';

/** A lease that was renewed at `now`. */
export const leaseUntil = (
  ttlSeconds: number,
  now: number,
): Pick<InstanceVitals, 'lastHeartbeatAt' | 'expiresAt'> => ({
  lastHeartbeatAt: now,
  expiresAt: now + ttlSeconds * 1000,
});

/** The instance that a registration asks for, with everything left out filled in. */
export function storedFrom(registration: RegisterInstanceDto, id: string, now: number): StoredInstance {
  const ttlSeconds = registration.ttlSeconds ?? DEFAULT_TTL_SECONDS;
  return {
    id,
    name: registration.name,
    url: new URL(registration.url).origin,
    version: registration.version ?? DEFAULT_VERSION,
    weight: registration.weight ?? DEFAULT_WEIGHT,
    ttlSeconds,
    healthPath: registration.healthPath ?? DEFAULT_HEALTH_PATH,
    metadata: { ...registration.metadata },
    registeredAt: now,
    isDraining: false,
    health: { status: 'up', reason: 'it registered' },
    report: {},
    lastProbe: null,
    ...leaseUntil(ttlSeconds, now),
  };
}

/** What a heartbeat says, without members that it left out. */
export const reportFrom = ({ inFlight, loopLagMs }: HeartbeatDto): InstanceReport => ({
  ...(inFlight !== undefined && { inFlight }),
  ...(loopLagMs !== undefined && { loopLagMs }),
});
