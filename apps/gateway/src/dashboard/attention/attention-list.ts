import { CONDITIONS, type AttentionItem, type Condition } from '#contracts';
import type { Finding } from './finding.js';
import { OVER_AFTER_MS } from './thresholds.js';

interface Known {
  readonly item: AttentionItem;
  /** How long it stays after it was last found, milliseconds since the epoch. */
  readonly until: number;
  /** When it was last found, milliseconds since the epoch. */
  readonly foundAt: number;
}

const keyOf = ({ kind, subject }: Pick<AttentionItem, 'kind' | 'subject'>): string => `${kind} ${subject}`;

/** What the latest sample says of an item that it did not find. */
export interface ItemFacts {
  /** Whether its subject still exists. */
  isKnown(item: AttentionItem): boolean;
  /** Whether its cause is known to be gone. */
  isCauseGone(item: AttentionItem): boolean;
}

/**
 * What needs attention now, with the time since when. A finding about traffic stays for some time after it was last made,
 * so that items near a threshold do not come and go.
 */
export class AttentionList {
  private known = new Map<string, Known>();

  /** By `KIND SUBJECT`. */
  get items(): Readonly<Record<string, AttentionItem>> {
    return Object.fromEntries(Array.from(this.known, ([key, { item }]) => [key, item]));
  }

  /** Whether an item is in the list, also if it has ended. */
  has(kind: AttentionItem['kind'], subject: string): boolean {
    return this.known.has(keyOf({ kind, subject }));
  }

  /** @param now milliseconds since the epoch */
  update(findings: readonly Finding[], now: number, facts: ItemFacts): void {
    const before = this.known;
    const next = new Map<string, Known>();
    for (const finding of findings)
      next.set(keyOf(finding), knownOf(finding, before.get(keyOf(finding)), now));
    for (const [key, known] of before)
      if (!next.has(key) && known.until > now && facts.isKnown(known.item))
        next.set(key, held(known, now, facts));
    this.known = next;
  }

  /** The worst condition of the items that last about each instance, by id; those without one are `ok`. */
  get instanceConditions(): ReadonlyMap<string, Condition> {
    return this.conditionsBy(({ kind, subject }) => (isAboutInstance(kind) ? subject : undefined));
  }

  /** The worst condition of the items that last about each service; an instance alone is no more than a warning. */
  get serviceConditions(): ReadonlyMap<string, Condition> {
    return this.conditionsBy(({ service }) => service, 'warning');
  }

  private conditionsBy(
    nameOf: (item: AttentionItem) => string | undefined,
    mostOfInstance: Condition = 'critical',
  ): ReadonlyMap<string, Condition> {
    const conditions = new Map<string, Condition>();
    for (const { item } of this.known.values()) {
      if (item.endedAt !== undefined) continue;
      const name = nameOf(item);
      const condition = isAboutInstance(item.kind) ? least(item.condition, mostOfInstance) : item.condition;
      if (name !== undefined) conditions.set(name, worst(condition, conditions.get(name) ?? 'ok'));
    }
    return conditions;
  }
}

const isAboutInstance = (kind: AttentionItem['kind']): boolean =>
  kind.startsWith('instance-') || kind === 'certificate-expiring';

const worst = (a: Condition, b: Condition): Condition =>
  CONDITIONS.indexOf(a) < CONDITIONS.indexOf(b) ? a : b;

const least = (a: Condition, b: Condition): Condition => (worst(a, b) === a ? b : a);

function knownOf(finding: Finding, before: Known | undefined, now: number): Known {
  const { holdMs, since, kind, condition, subject, service, reason, values } = finding;
  const begun = before?.item.since ?? new Date(since ?? now).toISOString();
  const item = { kind, condition, subject, service, since: begun, reason, values };
  return { item, until: now + holdMs, foundAt: now };
}

/** An item that was not found and stays in the list for a while. It is over only if its cause is known to be gone. */
function held(known: Known, now: number, facts: ItemFacts): Known {
  const { until, foundAt } = known;
  if (known.item.endedAt !== undefined || now - foundAt < OVER_AFTER_MS) return known;
  if (!facts.isCauseGone(known.item)) return known;
  return { item: { endedAt: new Date(foundAt).toISOString(), ...known.item }, until, foundAt };
}
