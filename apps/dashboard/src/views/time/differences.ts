import type { InstanceAt } from '#contracts';

const COMPARED = ['name', 'url', 'version', 'weight', 'status'] as const;

/** What an instance was at a time, and what became of it. */
export interface ComparedInstance {
  readonly id: string;
  /** `undefined`: it was not registered then. */
  readonly then: InstanceAt | undefined;
  /** `undefined`: it is not registered now. */
  readonly now: InstanceAt | undefined;
  /** Members with another value now. */
  readonly changed: readonly (typeof COMPARED)[number][];
}

/** All instances of both times, by service and id; what changed since comes first within a service. */
export function compareTimes(
  then: readonly InstanceAt[],
  now: readonly InstanceAt[],
): readonly ComparedInstance[] {
  const [before, after] = [byId(then), byId(now)];
  const ids = new Set([...before.keys(), ...after.keys()]);
  return Array.from(ids, (id) => compared(id, before.get(id), after.get(id))).sort(byServiceAndId);
}

const byId = (instances: readonly InstanceAt[]): ReadonlyMap<string, InstanceAt> =>
  new Map(instances.map((instance) => [instance.id, instance]));

const compared = (
  id: string,
  then: InstanceAt | undefined,
  now: InstanceAt | undefined,
): ComparedInstance => ({
  id,
  then,
  now,
  changed: then && now ? COMPARED.filter((member) => then[member] !== now[member]) : [],
});

const serviceOf = ({ then, now }: ComparedInstance): string => (then ?? now)?.name ?? '';

function byServiceAndId(a: ComparedInstance, b: ComparedInstance): number {
  return serviceOf(a).localeCompare(serviceOf(b)) || a.id.localeCompare(b.id);
}
