import type { AttentionItem, AttentionKind, Condition, InstanceState, ServiceState } from '#contracts';
import { attentionInOrder } from '../../state/attention-order';

const CONDITION_ORDER: Readonly<Record<Condition, number>> = { critical: 0, warning: 1, ok: 2 };

type Entry<T> = readonly [name: string, value: T];

const byConditionThenName = (
  [nameA, a]: Entry<ServiceState | InstanceState>,
  [nameB, b]: Entry<ServiceState | InstanceState>,
): number =>
  CONDITION_ORDER[a.condition] - CONDITION_ORDER[b.condition] || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0);

type ServiceEntry = Entry<ServiceState>;
export type InstanceEntry = Entry<InstanceState>;

/** The most serious condition first, then by name. */
export const servicesInOrder = (services: Readonly<Record<string, ServiceState>>): readonly ServiceEntry[] =>
  Object.entries(services).toSorted(byConditionThenName);

/** Instances by service, the most serious condition first. */
export function instancesByService(
  instances: Readonly<Record<string, InstanceState>>,
): ReadonlyMap<string, readonly InstanceEntry[]> {
  const groups = new Map<string, InstanceEntry[]>();
  for (const entry of Object.entries(instances).sort(byConditionThenName)) {
    const { service } = entry[1];
    const group = groups.get(service);
    if (group) group.push(entry);
    else groups.set(service, [entry]);
  }
  return groups;
}

/** Whether every word of the filter occurs in the instance's id, service, URL, version, status or transport. */
export function matchesFilter([id, instance]: InstanceEntry, filter: string): boolean {
  const { service, url, version, status, transport, statusReason } = instance;
  const text = [id, service, url, version, status, transport, statusReason].join(' ').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Items that explain others come first: a fault that is injected, then why an instance is out of rotation. */
const RANKS: readonly AttentionKind[] = ['instance-fault', 'instance-ejected', 'instance-down'];

const rankOf = ({ kind }: AttentionItem): number =>
  RANKS.includes(kind) ? RANKS.indexOf(kind) : RANKS.length;

/** An item about a service is about its instance if there is one only. */
const instanceOf = ({ subject, values: { only } }: AttentionItem): string => String(only ?? subject);

/** The item of each instance that explains most, or is the most serious. */
export function attentionByInstance(
  attention: Readonly<Record<string, AttentionItem>>,
): ReadonlyMap<string, AttentionItem> {
  const items = attentionInOrder(attention).toReversed();
  items.sort((a, b) => rankOf(b) - rankOf(a));
  return new Map(items.map((item) => [instanceOf(item), item]));
}
