import {
  DISCOVERY_EVENT_TYPES,
  FAULT_KINDS,
  INSTANCE_TOKEN_HEADER,
  INSTANCE_STATUSES,
  CALL_KINDS,
  type BacklogDto,
  type CallTotalDto,
  type CleanupResult,
  type DiscoveryEvent,
  type EventBacklogDto,
  type InstanceAt,
  type FaultView,
  type InstanceView,
  type ProbeView,
  type RegistryAt,
  type RegistrationResult,
  type RouteTraffic,
  type ServiceSummary,
  type Timeline,
  type TimelineChange,
  type VersionTraffic,
} from '#contracts';
import { type NamedSchema, type Schema } from '#service-kit';

/** Requires a schema for every member, so that the compiler reports a missing one when the type grows. */
type Members<T> = Readonly<Record<keyof Required<T>, Schema>>;

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const whole: Schema = { type: 'integer' };
const number: Schema = { type: 'number' };

function object<T>(properties: Members<T>, optional: readonly (keyof T)[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name as keyof T));
  return { type: 'object', required, properties };
}

const listOf = (item: NamedSchema): NamedSchema => ({
  name: `${item.name}List`,
  schema: { type: 'array', items: item.schema },
});

const PROBE = object<ProbeView>({ at: time, ok: { type: 'boolean' }, latencyMs: number });

const INSTANCE_MEMBERS: Members<InstanceView> = {
  id: text,
  name: text,
  url: { ...text, format: 'uri' },
  transport: { ...text, enum: ['http', 'local'] },
  version: text,
  weight: { ...whole, description: 'relative share of traffic, 0 to 1000' },
  ttlSeconds: { ...whole, description: 'seconds until the lease expires without a heartbeat' },
  healthPath: text,
  metadata: { type: 'object', additionalProperties: text },
  status: { ...text, enum: [...INSTANCE_STATUSES], description: 'only `up` instances receive traffic' },
  statusReason: text,
  registeredAt: time,
  lastHeartbeatAt: time,
  expiresAt: time,
  expiredAt: {
    ...time,
    description: 'when the lease expired; the instance is `down` until it registers again',
  },
  lastProbe: { ...PROBE, nullable: true, description: 'the most recent health check' },
  inFlight: { ...whole, description: 'as reported by the last heartbeat' },
  loopLagMs: { ...number, description: 'as reported by the last heartbeat' },
  ready: { type: 'boolean', description: 'as reported by the last heartbeat' },
  calls: {
    type: 'array',
    items: object<CallTotalDto>({
      to: text,
      kind: { ...text, enum: [...CALL_KINDS] },
      total: whole,
      failed: whole,
    }),
    description: 'calls to services and stores since the instance started, as reported by the last heartbeat',
  },
  backlog: {
    ...object<BacklogDto>({ name: text, count: whole }),
    description: 'work that waits at the service, as reported by the last heartbeat',
  },
  events: {
    ...object<EventBacklogDto>({ waiting: whole, oldestSeconds: whole, deadLetters: whole }),
    description: 'domain events of the service, as reported by the last heartbeat',
  },
};

const OPTIONAL: readonly (keyof InstanceView)[] = [
  'expiredAt',
  'inFlight',
  'loopLagMs',
  'ready',
  'calls',
  'backlog',
  'events',
];

export const INSTANCE: NamedSchema = {
  name: 'Instance',
  schema: object<InstanceView>(INSTANCE_MEMBERS, OPTIONAL),
};

export const REGISTRATION: NamedSchema = {
  name: 'RegistrationResult',
  schema: object<RegistrationResult>(
    {
      ...INSTANCE_MEMBERS,
      instanceToken: {
        ...text,
        description: `grants access to internal paths of services when sent as \`${INSTANCE_TOKEN_HEADER}\`; returned only once`,
      },
    },
    OPTIONAL,
  ),
};

export const INSTANCES = listOf(INSTANCE);

export const CLEANUP: NamedSchema = {
  name: 'CleanupResult',
  schema: object<CleanupResult>({ removed: { type: 'array', items: text, description: 'ids' } }),
};

const INSTANCE_COUNTS = object<ServiceSummary['instances']>({ total: whole, healthy: whole });

const ROUTE_TRAFFIC = object<RouteTraffic>({
  route: { ...text, nullable: true, description: "`null`: the service's own route" },
  versions: {
    type: 'array',
    items: object<VersionTraffic>({
      version: text,
      weight: whole,
      share: { ...number, description: 'share of the cohorts now, 0 to 1' },
      instances: INSTANCE_COUNTS,
    }),
  },
});

export const SERVICES: NamedSchema = listOf({
  name: 'Service',
  schema: object<ServiceSummary>({
    name: text,
    lastSeenAt: {
      ...time,
      description:
        'when the service last had an instance with a valid lease; the current time while it has one',
    },
    instances: INSTANCE_COUNTS,
    versions: { type: 'array', items: text },
    traffic: {
      type: 'array',
      items: ROUTE_TRAFFIC,
      description: 'routes that divide requests among versions',
    },
    endpoint: { ...text, example: '/api/user-service' },
  }),
});

export const EVENTS: NamedSchema = listOf({
  name: 'DiscoveryEvent',
  schema: object<DiscoveryEvent>({
    id: { ...whole, format: 'int64', description: 'increases with every event' },
    type: { ...text, enum: [...DISCOVERY_EVENT_TYPES] },
    at: time,
    service: text,
    instanceId: text,
    status: { ...text, enum: [...INSTANCE_STATUSES, 'gone'] },
    reason: text,
  }),
});

const { id, name, url, transport, version, weight, healthPath, metadata, status, statusReason } =
  INSTANCE_MEMBERS;

/** The times that can be shown. */
const RANGE = {
  oldest: { ...time, description: 'the earliest time that can be shown' },
  newest: { ...time, description: 'the time of the latest change' },
};

export const REGISTRY_AT: NamedSchema = {
  name: 'RegistryAt',
  schema: object<RegistryAt>({
    at: { ...time, description: 'the time that is shown' },
    ...RANGE,
    revision: {
      ...text,
      nullable: true,
      description: 'of the policy file; `null`: there was none, or it is not recorded',
    },
    instances: {
      type: 'array',
      items: object<InstanceAt>({
        ...{ id, name, url, transport, version, weight, healthPath, metadata, status, statusReason },
      }),
    },
  }),
};

const TIMELINE_CHANGE = object<TimelineChange>(
  {
    at: time,
    kind: { ...text, enum: ['registry', 'policy'] },
    type: { ...text, enum: [...DISCOVERY_EVENT_TYPES, 'loaded'] },
    reason: text,
    service: text,
    instanceId: text,
    revision: { ...text, description: 'of the policy file' },
  },
  ['service', 'instanceId', 'revision'],
);

export const TIMELINE: NamedSchema = {
  name: 'Timeline',
  schema: object<Timeline>({
    ...RANGE,
    changes: { type: 'array', items: TIMELINE_CHANGE, description: 'the newest last' },
  }),
};
export const FAULT: NamedSchema = {
  name: 'Fault',
  schema: object<FaultView>({
    instanceId: text,
    service: text,
    kind: { ...text, enum: [...FAULT_KINDS] },
    endsAt: time,
  }),
};

export const FAULTS = listOf(FAULT);
