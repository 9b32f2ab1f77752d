import type { InstanceTransport, InstanceView } from '#contracts';
import { statusOf, statusReasonOf, type StoredInstance } from '../store/stored-instance.js';

const iso = (ms: number): string => new Date(ms).toISOString();

/** An instance as `/discovery` returns it. */
export const viewOf = (stored: StoredInstance, transport: InstanceTransport): InstanceView => ({
  id: stored.id,
  name: stored.name,
  url: stored.url,
  transport,
  version: stored.version,
  weight: stored.weight,
  ttlSeconds: stored.ttlSeconds,
  healthPath: stored.healthPath,
  metadata: stored.metadata,
  status: statusOf(stored),
  statusReason: statusReasonOf(stored),
  registeredAt: iso(stored.registeredAt),
  lastHeartbeatAt: iso(stored.lastHeartbeatAt),
  expiresAt: iso(stored.expiresAt),
  ...(stored.health.expiredAt !== undefined && { expiredAt: iso(stored.health.expiredAt) }),
  lastProbe: stored.lastProbe,
  ...stored.report,
});
