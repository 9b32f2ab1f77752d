import type { DiscoveryEvent } from '#contracts';
import type { RecordedChange, ChangeBatch, RegistryStore } from '../store/registry-store.js';
import { eventsOf } from './events-of.js';

const CAPACITY = 10_000;

/**
 * The latest changes of the registry, under increasing ids. The ids come from the store, so that a reader can
 * continue with the same id at any gateway on that store.
 */
export class EventLog {
  private readonly listeners = new Set<(event: DiscoveryEvent) => void>();
  // A ring buffer: the newest event replaces the oldest. `count` is the number of events ever appended.
  private events: DiscoveryEvent[] = [];
  private count = 0;
  /** The log holds every event after this id. */
  private floor = 0;
  private newest = 0;
  private hasBegun = false;

  constructor(
    store: RegistryStore,
    private readonly capacity = CAPACITY,
  ) {
    store.follow((part) => this.applyBatch(part));
  }

  /** The id of the newest change; readers of new events alone start after it. */
  get newestId(): number {
    return this.newest;
  }

  /** The id of the oldest stored event; that of the newest change if the log is empty. */
  get oldestId(): number {
    return this.events.length === 0 ? this.newest : this.at(this.count - this.events.length).id;
  }

  /** Whether the log still holds every event after `id`. Always `true` for 0, which requests all stored events. */
  reaches(id: number): boolean {
    return id === 0 || (id >= this.floor && id <= this.newest);
  }

  /** Up to `limit` events after `id`, oldest first. */
  after(id: number, limit = this.capacity): readonly DiscoveryEvent[] {
    const first = this.firstAfter(id);
    const count = Math.min(limit, this.count - first);
    return Array.from({ length: count }, (_, i) => this.at(first + i));
  }

  /** Calls `listener` with every later event; returns a function that unsubscribes it. */
  listen(listener: (event: DiscoveryEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private applyBatch({ changes, since, upTo }: ChangeBatch): void {
    const isFirst = !this.hasBegun;
    // The changes between `newest` and `since` are lost.
    if (isFirst || since > this.newest) this.restartAfter(since);
    for (const change of changes) if (change.id > this.newest) this.append(change, !isFirst);
    this.newest = Math.max(this.newest, upTo);
  }

  private restartAfter(id: number): void {
    this.hasBegun = true;
    this.events = [];
    this.count = 0;
    this.floor = this.newest = id;
  }

  private append(change: RecordedChange, isNew: boolean): void {
    const at = new Date(change.at).toISOString();
    const facts = eventsOf(change);
    this.newest = change.id;
    facts.forEach((fact, i) => {
      const event = { id: change.id - facts.length + 1 + i, at, ...fact };
      this.store(event);
      if (isNew) for (const listener of this.listeners) listener(event);
    });
  }

  private store(event: DiscoveryEvent): void {
    const place = this.count % this.capacity;
    this.floor = this.events[place]?.id ?? this.floor;
    this.events[place] = event;
    this.count += 1;
  }

  private at(index: number): DiscoveryEvent {
    const event = this.events[index % this.capacity];
    if (!event) throw new RangeError(`event ${index} is no longer stored`);
    return event;
  }

  /** The number of events appended before the first stored one after `id`. */
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
