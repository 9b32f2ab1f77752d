import { InstanceLoad, ServiceTable, type Instance } from '../../discovery/index.js';
import { declaredBy } from '../../policy/policy-of-metadata.js';
import { declaringFleet } from '../../policy/policy-sources.js';

/** Policy metadata that the instances of each known service declare. */
export type DeclaredServices = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const declaredServices = (table: ServiceTable): DeclaredServices =>
  Object.fromEntries(table.entries.map((entry) => [entry.name, declaredBy(declaringFleet(entry))]));

/** A table in which an instance of each service declares what its instances declared. */
export const tableOf = (services: DeclaredServices): ServiceTable =>
  ServiceTable.EMPTY.with(
    Object.entries(services).map(([name, metadata]) => ({ name, instances: [declaring(name, metadata)] })),
  );

const declaring = (name: string, metadata: Instance['metadata']): Instance => ({
  id: name,
  name,
  url: '',
  endpoint: '',
  transport: 'http',
  target: undefined,
  version: '',
  weight: 1,
  healthPath: '',
  metadata,
  status: 'up',
  statusReason: '',
  expiredAt: undefined,
  load: new InstanceLoad(),
});
