import type { DiscoveryEvent } from '#contracts';
import type { Clock } from '../clock.js';
import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import { eventsOf } from './events-of.js';

const CAPACITY = 10_000;
/** Ids of a later process lie above those of an earlier one that made fewer than a thousand events a millisecond. */
const IDS_PER_MS = 1000;

/** Who joined, left and failed, and why: the last changes of the registry, each under an id that only grows. */
export class EventLog {
  private readonly events: DiscoveryEvent[] = [];
  private readonly listeners = new Set<(event: DiscoveryEvent) => void>();
  private readonly firstId: number;
  private next: number;

  constructor(
    store: RegistryStore,
    private readonly clock: Clock,
    private readonly capacity = CAPACITY,
  ) {
    this.firstId = clock.now() * IDS_PER_MS;
    this.next = this.firstId;
    store.watch((change) => this.append(change));
  }

  /** The id of the newest event; what a reader that wants only news starts after. */
  get newestId(): number {
    return this.next - 1;
  }

  /** The id of the oldest event that is kept. */
  get oldestId(): number {
    return this.next - this.events.length;
  }

  /** Whether every event after `id` is still here. 0 asks for whatever there is. */
  reaches(id: number): boolean {
    return id === 0 || (id >= this.oldestId - 1 && id <= this.newestId);
  }

  /** Up to `limit` events after `id`, oldest first. */
  after(id: number, limit = this.capacity): readonly DiscoveryEvent[] {
    const first = Math.max(id + 1, this.oldestId);
    const count = Math.min(limit, this.next - first);
    return Array.from({ length: Math.max(count, 0) }, (_, i) => this.at(first + i));
  }

  /** Calls `listener` with every event to come; returns how to stop. */
  listen(listener: (event: DiscoveryEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // A ring: the newest event takes the place of the oldest.
  private placeOf(id: number): number {
    return (id - this.firstId) % this.capacity;
  }

  private at(id: number): DiscoveryEvent {
    const event = this.events[this.placeOf(id)];
    if (!event) throw new RangeError(`event ${id} is not kept`);
    return event;
  }

  private append(change: StoreChange): void {
    for (const fact of eventsOf(change)) {
      const event = { id: this.next, at: new Date(this.clock.now()).toISOString(), ...fact };
      this.events[this.placeOf(event.id)] = event;
      this.next += 1;
      for (const listener of this.listeners) listener(event);
    }
  }
}
