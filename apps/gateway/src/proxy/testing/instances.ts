import type { LocalTarget } from '#registry-client';
import { InstanceLoad, LiveServiceTable, type Instance } from '../../discovery/index.js';

/** An instance as in the service table; `known` overrides defaults. */
export const instanceOf = (known: Partial<Instance> & { readonly id: string }): Instance => ({
  name: 'users',
  url: 'http://127.0.0.1:1',
  endpoint: known.url ?? 'http://127.0.0.1:1',
  transport: known.target ? 'local' : 'http',
  target: undefined,
  version: '1.0.0',
  weight: 100,
  healthPath: '/health/ready',
  metadata: {},
  status: 'up',
  statusReason: 'registered',
  expiredAt: undefined,
  load: new InstanceLoad(),
  ...known,
});

/** An instance in this process. */
export const localInstanceOf = (id: string, request: LocalTarget['request']): Instance =>
  instanceOf({ id, target: { request, upgrade: (_request, socket) => socket.destroy() } });

/** A live table that holds `instances` under their names. */
export function tableOf(...instances: readonly Instance[]): LiveServiceTable {
  const services = new LiveServiceTable();
  setInstances(services, instances);
  return services;
}

/** Replaces the instances in `services`. */
export function setInstances(services: LiveServiceTable, instances: readonly Instance[]): void {
  const names = new Set([...services.current.entries, ...instances].map(({ name }) => name));
  const changes = [...names].map((name) => ({
    name,
    instances: instances.filter((instance) => instance.name === name),
  }));
  services.replace(services.current.with(changes));
}
