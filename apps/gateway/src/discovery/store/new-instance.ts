import {
  DEFAULT_HEALTH_PATH,
  DEFAULT_TTL_SECONDS,
  DEFAULT_VERSION,
  DEFAULT_WEIGHT,
  type RegisterInstanceDto,
} from '#contracts';
import type { NewInstance } from './stored-instance.js';

/** The instance that a registration describes, with defaults for omitted members. */
export const newInstanceFrom = (
  registration: RegisterInstanceDto,
  id: string,
  endpoint: string,
): NewInstance => ({
  id,
  name: registration.name,
  url: new URL(registration.url).origin,
  endpoint,
  version: registration.version ?? DEFAULT_VERSION,
  weight: registration.weight ?? DEFAULT_WEIGHT,
  ttlSeconds: registration.ttlSeconds ?? DEFAULT_TTL_SECONDS,
  healthPath: registration.healthPath ?? DEFAULT_HEALTH_PATH,
  metadata: { ...registration.metadata },
  isDraining: false,
  health: { status: 'up', reason: 'registered' },
});
