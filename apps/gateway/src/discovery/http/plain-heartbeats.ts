import { MAX_IN_FLIGHT, MAX_LOOP_LAG_MS, type HeartbeatDto, type InstanceView } from '#contracts';
import type { PlainSender, RegistryAccess } from '../access/registry-access.js';
import { requireInstance } from './require-instance.js';
import type { RegistryService } from '../registry/registry.service.js';

/** A heartbeat as read from a connection: its head holds nothing else that affects the result. */
export interface PlainHeartbeat {
  readonly id: string;
  /** JSON; empty if the heartbeat reports nothing. */
  readonly body: string;
  readonly sender: PlainSender;
}

/**
 * Handles heartbeats without Nest and fastify. Heartbeats are nearly all of a registry's load (2,000 a second
 * from 10,000 instances), and without the two a heartbeat costs a fraction. Handles only requests that are
 * certainly valid; all others take the ordinary path, which produces the problem responses.
 */
export class PlainHeartbeats {
  constructor(
    private readonly access: RegistryAccess,
    private readonly registry: RegistryService,
  ) {}

  /**
   * Renews a lease. `undefined`: the request must take the ordinary path. Rejects with unknownInstance or
   * registryUnavailable.
   */
  handle({ id, body, sender }: PlainHeartbeat): Promise<InstanceView> | undefined {
    const report = reportIn(body);
    if (!report || !this.access.admits(sender)) return undefined;
    return this.registry.heartbeat(id, report).then((found) => requireInstance(id, found));
  }
}

/** The report in `body` if it is certainly a valid {@link HeartbeatDto}, else `undefined`. */
export function reportIn(body: string): HeartbeatDto | undefined {
  const report = body === '' ? {} : objectIn(body);
  return report && Object.entries(report).every(isValidMember) ? report : undefined;
}

function objectIn(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isValidMember([name, value]: [string, unknown]): boolean {
  if (name === 'ready') return typeof value === 'boolean';
  if (typeof value !== 'number' || value < 0) return false;
  if (name === 'inFlight') return Number.isInteger(value) && value <= MAX_IN_FLIGHT;
  return name === 'loopLagMs' && value <= MAX_LOOP_LAG_MS;
}
