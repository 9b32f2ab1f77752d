import type { DiscoveryEvent } from '#contracts';
import type { RecordedChange, RecordPart, RegistryStore } from '../store/registry-store.js';
import { eventsOf } from './events-of.js';

const CAPACITY = 10_000;

/**
 * Who joined, left and failed, and why: the last changes of the registry, each under an id that only grows. Ids are the
 * store's, so that a reader may go on with the same id at any gateway on it.
 */
export class EventLog {
  private readonly listeners = new Set<(event: DiscoveryEvent) => void>();
  // A ring: the newest event takes the place of the oldest. `count` are all that ever came in.
  private events: DiscoveryEvent[] = [];
  private count = 0;
  /** Every event after this id is here. */
  private floor = 0;
  private newest = 0;
  private hasBegun = false;

  constructor(
    store: RegistryStore,
    private readonly capacity = CAPACITY,
  ) {
    store.follow((part) => this.take(part));
  }

  /** The id of the newest change; what a reader that wants only news starts after. */
  get newestId(): number {
    return this.newest;
  }

  /** The id of the oldest event that is kept; that of the newest change when none is. */
  get oldestId(): number {
    return this.events.length === 0 ? this.newest : this.at(this.count - this.events.length).id;
  }

  /** Whether every event after `id` is still here. 0 asks for whatever there is. */
  reaches(id: number): boolean {
    return id === 0 || (id >= this.floor && id <= this.newest);
  }

  /** Up to `limit` events after `id`, oldest first. */
  after(id: number, limit = this.capacity): readonly DiscoveryEvent[] {
    const first = this.firstAfter(id);
    const count = Math.min(limit, this.count - first);
    return Array.from({ length: count }, (_, i) => this.at(first + i));
  }

  /** Calls `listener` with every event to come; returns how to stop. */
  listen(listener: (event: DiscoveryEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private take({ changes, since, upTo }: RecordPart): void {
    const isFirst = !this.hasBegun;
    // Between our newest and `since` lie changes that nobody can tell any more.
    if (isFirst || since > this.newest) this.beginAfter(since);
    for (const change of changes) if (change.id > this.newest) this.append(change, !isFirst);
    this.newest = Math.max(this.newest, upTo);
  }

  private beginAfter(id: number): void {
    this.hasBegun = true;
    this.events = [];
    this.count = 0;
    this.floor = this.newest = id;
  }

  private append(change: RecordedChange, isNews: boolean): void {
    const at = new Date(change.at).toISOString();
    const facts = eventsOf(change);
    this.newest = change.id;
    facts.forEach((fact, i) => {
      const event = { id: change.id - facts.length + 1 + i, at, ...fact };
      this.keep(event);
      if (isNews) for (const listener of this.listeners) listener(event);
    });
  }

  private keep(event: DiscoveryEvent): void {
    const place = this.count % this.capacity;
    this.floor = this.events[place]?.id ?? this.floor;
    this.events[place] = event;
    this.count += 1;
  }

  private at(index: number): DiscoveryEvent {
    const event = this.events[index % this.capacity];
    if (!event) throw new RangeError(`event ${index} is not kept`);
    return event;
  }

  /** How many events came in before the first one after `id` that is kept. */
  private firstAfter(id: number): number {
    let low = this.count - this.events.length;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).id > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
