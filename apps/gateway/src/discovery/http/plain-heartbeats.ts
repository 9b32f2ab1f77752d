import {
  MAX_IN_FLIGHT,
  MAX_LOOP_LAG_MS,
  MAX_REPORTED_CALLS,
  SERVICE_NAME,
  type HeartbeatDto,
  type InstanceView,
} from '#contracts';
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

const PLAIN_NAME = /^[a-z][a-z ]{0,62}[a-z]$/;

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
  if (name === 'calls') return isCallList(value);
  if (name === 'backlog') return isBacklog(value);
  if (name === 'events') return hasMembers(value, EVENTS);
  if (typeof value !== 'number' || value < 0) return false;
  if (name === 'inFlight') return Number.isInteger(value) && value <= MAX_IN_FLIGHT;
  return name === 'loopLagMs' && value <= MAX_LOOP_LAG_MS;
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const hasMembers = (
  value: unknown,
  checks: Readonly<Record<string, (member: unknown) => boolean>>,
): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === Object.keys(checks).length &&
  Object.entries(checks).every(([name, isValid]) => isValid((value as Record<string, unknown>)[name]));

const isCallList = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= MAX_REPORTED_CALLS && value.every(isCallTotal);

const CALL_TOTAL = {
  to: (name: unknown) => typeof name === 'string' && SERVICE_NAME.test(name),
  kind: (kind: unknown) => kind === 'call' || kind === 'store',
  total: isCount,
  failed: isCount,
};

const isCallTotal = (value: unknown): boolean => hasMembers(value, CALL_TOTAL);

const BACKLOG = {
  // A plain name has no character that another check might refuse.
  name: (name: unknown) => typeof name === 'string' && PLAIN_NAME.test(name),
  count: isCount,
};

const EVENTS = { waiting: isCount, oldestSeconds: isCount, deadLetters: isCount };

const isBacklog = (value: unknown): boolean => hasMembers(value, BACKLOG);
