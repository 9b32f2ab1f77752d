import { MAX_IN_FLIGHT, MAX_LOOP_LAG_MS, type HeartbeatDto, type InstanceView } from '#contracts';
import type { PlainSender, RegistryAccess } from '../access/registry-access.js';
import { known } from '../http/known.js';
import type { RegistryService } from '../registry.service.js';

/** A heartbeat as it was read off a connection: nothing in its head makes a difference but what is here. */
export interface PlainBeat {
  readonly id: string;
  /** JSON; empty when nothing is reported. */
  readonly body: string;
  readonly sender: PlainSender;
}

/**
 * Heartbeats that need neither Nest nor fastify. A registry hears hardly anything else, 2,000 a second of 10,000 instances, and past the
 * two a heartbeat costs a fraction. Only what is certainly right is taken here; all else goes the ordinary way, which alone says
 * what is wrong with it.
 */
export class PlainBeats {
  constructor(
    private readonly access: RegistryAccess,
    private readonly registry: RegistryService,
  ) {}

  /** Renews a lease. `undefined`: it wants a closer look. Rejects with unknownInstance or registryUnavailable. */
  take({ id, body, sender }: PlainBeat): Promise<InstanceView> | undefined {
    const report = reportIn(body);
    if (!report || !this.access.admits(sender)) return undefined;
    return this.registry.heartbeat(id, report).then((found) => known(id, found));
  }
}

/** What `body` reports, if it is a valid {@link HeartbeatDto} beyond doubt. */
export function reportIn(body: string): HeartbeatDto | undefined {
  const report = body === '' ? {} : objectIn(body);
  return report && Object.entries(report).every(isRight) ? report : undefined;
}

function objectIn(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRight([name, value]: [string, unknown]): boolean {
  if (name === 'ready') return typeof value === 'boolean';
  if (typeof value !== 'number' || value < 0) return false;
  if (name === 'inFlight') return Number.isInteger(value) && value <= MAX_IN_FLIGHT;
  return name === 'loopLagMs' && value <= MAX_LOOP_LAG_MS;
}
