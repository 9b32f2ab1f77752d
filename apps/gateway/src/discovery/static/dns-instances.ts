import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_WEIGHT, MAX_WEIGHT } from '#contracts';
import type { DnsEntry, StaticInstance } from '../../config/instances-file.js';
import type { DnsAddress, DnsAnswer, DnsLookup } from './dns-lookup.js';

/** The first look-up after a failure. */
const RETRY_MS = 5000;

/** An instance that DNS told. */
export interface DnsInstance extends StaticInstance {
  readonly address: string;
  /** Of its SRV record; 0 without. */
  readonly priority: number;
  /** Its share of traffic when it registers: 0 if other records have a lower priority number. */
  readonly weight: number;
  /** Its share of traffic while no instance of a lower priority number is up. */
  readonly activeWeight: number;
}

/** Told once per failure, and once when the name can be looked up again (`problem` is `undefined`). */
export type DnsOutcomeListener = (
  entry: DnsEntry,
  instances: readonly DnsInstance[],
  problem: string | undefined,
) => void;

interface Lookup {
  readonly entry: DnsEntry;
  addresses: readonly DnsAddress[];
  instances: readonly DnsInstance[];
  /** When the next look-up starts, on the caller's time. */
  dueAt: number;
  isRunning: boolean;
  problem: string | undefined;
}

/**
 * Follows the DNS names of the instances file: looks each up again when its answer is no longer valid. If DNS
 * gives no answer, the last one holds. Look-ups run in the background.
 */
export class DnsInstances {
  private lookups: readonly Lookup[] = [];
  private hasChanged = false;

  constructor(
    private readonly lookup: DnsLookup,
    private readonly onOutcome: DnsOutcomeListener,
  ) {}

  /** All instances, by the last answers. */
  get instances(): readonly DnsInstance[] {
    return this.lookups.flatMap(({ instances }) => instances);
  }

  /** The instances of each name whose records differ in priority. */
  get prioritized(): readonly (readonly DnsInstance[])[] {
    const groups = this.lookups.map(({ instances }) => instances);
    return groups.filter((group) => group.some(({ priority }) => priority !== group[0]?.priority));
  }

  /** Replaces the names. The last answer of a name that stays holds. */
  follow(entries: readonly DnsEntry[]): void {
    this.lookups = entries.map((entry) => {
      const known = this.lookups.find((each) => isDeepStrictEqual(each.entry.dns, entry.dns));
      const addresses = known?.addresses ?? [];
      const instances = sameWhereEqual(instancesOf(entry, addresses), known?.instances ?? []);
      return { entry, addresses, instances, dueAt: 0, isRunning: false, problem: known?.problem };
    });
  }

  /** Starts the look-ups that are due. @param now milliseconds, on a clock that is never set */
  refresh(now: number): void {
    for (const each of this.lookups) if (!each.isRunning && each.dueAt <= now) void this.run(each, now);
  }

  /** Whether answers have changed since the last call. */
  takeChange(): boolean {
    const { hasChanged } = this;
    this.hasChanged = false;
    return hasChanged;
  }

  private async run(lookup: Lookup, now: number): Promise<void> {
    lookup.isRunning = true;
    try {
      const answer = await this.lookup(lookup.entry.dns);
      lookup.dueAt = now + answer.ttlMs;
      this.accept(lookup, answer);
      this.report(lookup, undefined);
    } catch (error) {
      lookup.dueAt = now + RETRY_MS;
      const { code, message } = error as NodeJS.ErrnoException;
      this.report(lookup, code ?? message);
    } finally {
      lookup.isRunning = false;
    }
  }

  private accept(lookup: Lookup, { addresses }: DnsAnswer): void {
    lookup.addresses = addresses;
    const instances = instancesOf(lookup.entry, addresses);
    if (isDeepStrictEqual(instances, lookup.instances)) return;
    lookup.instances = sameWhereEqual(instances, lookup.instances);
    this.hasChanged = true;
  }

  private report(lookup: Lookup, problem: string | undefined): void {
    const isNews = (lookup.problem === undefined) !== (problem === undefined);
    lookup.problem = problem;
    if (isNews) this.onOutcome(lookup.entry, lookup.instances, problem);
  }
}

/** The same object for an equal instance: what an operator changed about it stays. */
const sameWhereEqual = (
  instances: readonly DnsInstance[],
  known: readonly DnsInstance[],
): readonly DnsInstance[] =>
  instances.map((instance) => known.find((other) => isDeepStrictEqual(other, instance)) ?? instance);

/** Ordered by id, so that answers in another order are equal. An address that is named twice is one instance. */
function instancesOf(entry: DnsEntry, addresses: readonly DnsAddress[]): readonly DnsInstance[] {
  const weightOf = weightsOf(addresses, entry.weight ?? DEFAULT_WEIGHT);
  const lowest = Math.min(...addresses.map(({ priority }) => priority));
  const instances = new Map<string, DnsInstance>();
  for (const address of addresses) {
    const activeWeight = weightOf(address);
    const weight = address.priority === lowest ? activeWeight : 0;
    const instance = { ...instanceOf(entry, address), weight, activeWeight };
    if (!instances.has(instance.id)) instances.set(instance.id, instance);
  }
  return [...instances.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function instanceOf(
  { dns, metadata, ...registration }: DnsEntry,
  { host, address, port, priority }: DnsAddress,
): Omit<DnsInstance, 'weight' | 'activeWeight'> {
  return {
    ...registration,
    id: `${registration.name}-at-${address.replaceAll(':', '-')}-${port}`,
    url: new URL(`${dns.scheme}://${host}:${port}`).origin,
    address,
    priority,
    metadata: {
      ...metadata,
      source: 'dns',
      ...(dns.port === undefined && { priority: String(priority) }),
    },
  };
}

/**
 * Weights of SRV records in our range. Equal ones are the default: Kubernetes divides 100 by the number of pods,
 * and every instance would change with each pod.
 */
function weightsOf(addresses: readonly DnsAddress[], common: number): (address: DnsAddress) => number {
  const weights = addresses.flatMap(({ weight }) => weight ?? []);
  const most = Math.max(...weights);
  if (weights.every((weight) => weight === most)) return () => common;
  const factor = Math.min(1, MAX_WEIGHT / most);
  // RFC 2782: a weight of 0 has a small chance beside others.
  return ({ weight = 0 }) => Math.max(1, Math.round(weight * factor));
}
