import type { CloudEvent } from '#contracts';
import type { RedisServer } from '../../config/redis-config.js';
import { ConnectionPair, READ_BLOCK_MS } from '../../redis/connection-pair.js';
import { EventKeys } from './event-keys.js';
import { withEventScripts, type EventScripts, type StreamEntry } from './event-scripts.js';

/** A group, and the process that handles its events. */
export interface GroupMember extends RedisServer {
  readonly group: string;
  /** Id of the process, new with every start. */
  readonly holder: string;
  /** The types of events that the process handles; another version of it may handle others. */
  readonly types: ReadonlySet<string>;
}

/** An entry that was read and is not acknowledged. */
export interface TakenEvent {
  readonly stream: string;
  readonly id: string;
  /** `undefined`: not an event, or deleted. */
  readonly event: CloudEvent | undefined;
}

/** The result of a read by the holder of the lease. */
export interface Taken {
  readonly events: readonly TakenEvent[];
  /** Whether another process may have handled events of the group since the last read. */
  readonly isTakeOver: boolean;
  /** The id of the last entry of each stream. */
  readonly last: ReadonlyMap<string, string>;
  /** The types that a process of the group handles, or handled within {@link HANDLERS_KEPT_MS}. */
  readonly handledTypes: ReadonlySet<string>;
}

/** Another process handles the events of a group this long after the death of the previous one. */
export const LEASE_MS = 3000;
/**
 * How long events wait for the last process that handled their type: long enough for one that starts again after crashes.
 * After a rollback events of the types of the new version hold up the group for this time, once.
 */
export const HANDLERS_KEPT_MS = 300_000;
const ANNOUNCE_EVERY_MS = LEASE_MS / 3;
const READ_AT_ONCE = 100;

/** Types of events that a group handles, and for how many milliseconds the process that handles each has not announced it. */
export type KnownTypes = ReadonlyMap<string, number>;

/** From where a group reads: its unacknowledged events, or new ones. */
const UNACKNOWLEDGED = '0';
const NEW = '>';

/** Another process handles the events of the group. */
export class LeaseLost extends Error {}

/** Two connections of a group member: one for scripts, one that waits for events. Ends when either breaks. */
export class GroupSession {
  private readonly keys: EventKeys;
  private readonly scripts: EventScripts;
  /** The streams without unacknowledged events of earlier reads. */
  private upToDate: ReadonlySet<string> = new Set();
  /** On the monotonic clock. */
  private heldUntil = -Infinity;
  /** On the monotonic clock. */
  private announcedAt = -Infinity;

  private constructor(
    private readonly member: GroupMember,
    private readonly connections: ConnectionPair,
    private known: KnownTypes,
  ) {
    this.keys = new EventKeys(member.prefix);
    this.scripts = withEventScripts(connections.commands);
  }

  /**
   * @param known types of an earlier session: Redis may have lost them since
   * @throws the error of ioredis if Redis cannot be reached or refuses the connection
   */
  static async open(member: GroupMember, known: KnownTypes = new Map()): Promise<GroupSession> {
    return new GroupSession(member, await ConnectionPair.open(member), known);
  }

  /** As of the last announcement. */
  get knownTypes(): KnownTypes {
    return this.known;
  }

  /** Whether no other process can hold the lease. */
  get isHolder(): boolean {
    return performance.now() < this.heldUntil;
  }

  /** Tells other processes of the group which types this one handles, and reads which they handle. */
  async announce(): Promise<void> {
    const now = performance.now();
    if (now - this.announcedAt < ANNOUNCE_EVERY_MS) return;
    const { holder, types } = this.member;
    const lost = this.announcedAt === -Infinity ? [...this.known].flat() : [];
    this.announcedAt = now;
    const args = [holder, HANDLERS_KEPT_MS, types.size, ...types, ...lost] as const;
    const reply = await this.scripts.eventAnnounce(1, this.handlers, ...args);
    this.known = new Map(pairsOf(reply));
  }

  /** The streams of all sources. */
  async streams(): Promise<string[]> {
    const sources = await this.connections.commands.smembers(this.keys.sources);
    return sources.map((source) => this.keys.stream(source));
  }

  /**
   * The next events of the group, first the unacknowledged ones; none: wait for new ones.
   * @returns `undefined` if another process holds the lease
   */
  async take(streams: readonly string[]): Promise<Taken | undefined> {
    const { group, holder } = this.member;
    const at = performance.now();
    const keys = [this.lease, this.handlers, ...streams];
    const from = streams.map((stream) => (this.upToDate.has(stream) ? NEW : UNACKNOWLEDGED));
    const args = [group, holder, LEASE_MS, READ_AT_ONCE, ...from];
    const reply = await this.scripts.eventTake(keys.length, ...keys, ...args);
    if (!reply) return undefined;
    const isTakeOver = !this.isHolder;
    this.heldUntil = at + LEASE_MS;
    const [taken, handledTypes] = reply;
    this.upToDate = new Set(streams.filter((_stream, i) => taken[i]?.[0] === NEW));
    const events = taken.flatMap(([, entries], i) => entries.map(takenFrom(streams[i] as string)));
    const last = new Map(taken.map(([, , end], i) => [streams[i] as string, `${end}-0`]));
    return { events, isTakeOver, last, handledTypes: new Set(handledTypes) };
  }

  /** Resolves when a stream has an entry after its last one, or after some time. */
  async waitForEvents({ last }: Taken): Promise<void> {
    const { reader } = this.connections;
    const ends = ['BLOCK', READ_BLOCK_MS, 'STREAMS', ...last.keys(), ...last.values()] as const;
    await reader.xread('COUNT', 1, ...(ends as unknown as ['STREAMS', ...string[]]));
  }

  /** @throws LeaseLost */
  async acknowledge(taken: readonly TakenEvent[]): Promise<void> {
    const { group, holder } = this.member;
    const at = performance.now();
    for (const stream of new Set(taken.map((each) => each.stream))) {
      const ids = taken.filter((each) => each.stream === stream).map(({ id }) => id);
      const isHolder = await this.scripts.eventAcknowledge(
        ...([2, this.lease, stream, group, holder, LEASE_MS, ...ids] as const),
      );
      this.extend(at, isHolder);
    }
  }

  /** @throws LeaseLost */
  async renew(): Promise<void> {
    await this.announce();
    const at = performance.now();
    this.extend(at, await this.scripts.eventRenew(1, this.lease, this.member.holder, LEASE_MS));
  }

  /**
   * Lets a process take over that handles events of `type`, and reads unacknowledged events again otherwise.
   * @returns `absent`: it does not run at the moment; `gone`: it has not run for {@link HANDLERS_KEPT_MS}, nor for
   * {@link LEASE_MS} since then in which Redis accepted announcements
   * @throws LeaseLost
   */
  async handOver(type: string): Promise<'handed' | 'absent' | 'gone'> {
    const { group, holder } = this.member;
    const args = [this.lease, this.handlers, this.keys.handOver(group), holder, LEASE_MS, type] as const;
    const outcome = await this.scripts.eventHandOver(3, ...args, HANDLERS_KEPT_MS);
    this.upToDate = new Set();
    if (outcome === 'handed' || outcome === 'lost') this.heldUntil = -Infinity;
    if (outcome === 'lost') throw new LeaseLost();
    return outcome;
  }

  /** Resolves when another process hands the lease over, or after some time. @returns whether it did */
  async waitForHandOver(): Promise<boolean> {
    const { group, holder } = this.member;
    const seconds = READ_BLOCK_MS / 1000;
    return (await this.connections.reader.blpop(this.keys.handOver(group) + holder, seconds)) !== null;
  }

  /** Lets another process take over at once. */
  async release(): Promise<void> {
    this.heldUntil = -Infinity;
    await this.scripts.eventRenew(1, this.lease, this.member.holder, 0);
  }

  /** Idempotent. */
  end(): void {
    this.connections.end();
  }

  private get lease(): string {
    return this.keys.lease(this.member.group);
  }

  private get handlers(): string {
    return this.keys.handlers(this.member.group);
  }

  private extend(at: number, isHolder: number): void {
    this.heldUntil = isHolder ? at + LEASE_MS : -Infinity;
    if (!isHolder) throw new LeaseLost();
  }
}

/** A list of types and ages. */
function* pairsOf(reply: readonly (string | number)[]): Generator<[string, number]> {
  for (let i = 0; i < reply.length; i += 2) yield [String(reply[i]), Number(reply[i + 1])];
}

const takenFrom =
  (stream: string) =>
  ([id, fields]: StreamEntry): TakenEvent => ({ stream, id, event: eventIn(fields ?? []) });

function eventIn([name, json]: readonly string[]): CloudEvent | undefined {
  if (name !== 'event' || json === undefined) return undefined;
  try {
    return JSON.parse(json) as CloudEvent;
  } catch {
    return undefined;
  }
}
