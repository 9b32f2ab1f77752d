import type { AttentionItem, Condition, InstanceState, ServiceState } from '#contracts';
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

/** The most serious item of each instance that needs attention; an injected fault is the cause of the others. */
export function attentionByInstance(
  attention: Readonly<Record<string, AttentionItem>>,
): ReadonlyMap<string, AttentionItem> {
  const isFault = ({ kind }: AttentionItem): number => Number(kind === 'instance-fault');
  const items = attentionInOrder(attention).toReversed();
  items.sort((a, b) => isFault(a) - isFault(b));
  return new Map(items.map((item) => [item.subject, item]));
}
