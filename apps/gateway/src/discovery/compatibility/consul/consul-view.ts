import type { InstanceView } from '#contracts';
import {
  CONSUL_CHECK,
  CONSUL_DEREGISTERS,
  CONSUL_ID,
  CONSUL_LEASE,
  CONSUL_TAGS,
  defaultCheckId,
} from './consul-registration.js';

const NODE = 'msa-gateway';

/** The id that a Consul client knows the instance by. */
export const consulIdOf = ({ id, metadata }: InstanceView): string => metadata[CONSUL_ID] ?? id;

export const consulTagsOf = ({ metadata }: InstanceView): readonly string[] =>
  metadata[CONSUL_TAGS]?.split(',') ?? [];

/** An instance as `GET /v1/agent/services` returns it. */
export function consulServiceOf(view: InstanceView) {
  const { hostname, port, protocol } = new URL(view.url);
  return {
    ID: consulIdOf(view),
    Service: view.name,
    Tags: consulTagsOf(view),
    Meta: metaOf(view),
    Port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    Address: hostname.replace(/^\[|\]$/g, ''),
    Weights: { Passing: view.weight, Warning: view.weight },
    EnableTagOverride: false,
    Datacenter: 'dc1',
  };
}

function metaOf({ metadata }: InstanceView): Readonly<Record<string, string>> {
  const own = [CONSUL_ID, CONSUL_TAGS, CONSUL_CHECK, CONSUL_LEASE, CONSUL_DEREGISTERS];
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !own.includes(key)));
}

/** An instance as `GET /v1/health/service/{name}` returns it. */
export function consulHealthOf(view: InstanceView) {
  const service = consulServiceOf(view);
  return {
    Node: { Node: NODE, Address: service.Address, Datacenter: service.Datacenter, Meta: {} },
    Service: service,
    Checks: [
      {
        Node: NODE,
        CheckID: view.metadata[CONSUL_CHECK]?.split(',')[0] ?? defaultCheckId(service.ID),
        Name: `Service '${view.name}' check`,
        Status: view.status === 'up' ? 'passing' : 'critical',
        Output: view.statusReason,
        ServiceID: service.ID,
        ServiceName: view.name,
        ServiceTags: service.Tags,
      },
    ],
  };
}
