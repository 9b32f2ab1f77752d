import { performance } from 'node:perf_hooks';
import { SessionLoop } from '#service-kit';
import { PurgeLog } from '../purges/purge-log.js';
import { covers, EVERYTHING, type PurgeLabels, type PurgeSelector } from '../purges/purge-selector.js';
import type { PurgeListener, PurgePosition, SharedPurges } from '../purges/shared-purges.js';
import { PurgeSession, type PurgeEntry, type PurgeSessionOptions } from './purge-session.js';

/** While Redis is away; beyond it everything is purged. */
const WAITING_PURGES = 1000;

/**
 * The purges of all gateways, in one stream of Redis that each of them reads. Connects again after every failure. A
 * gateway that lost its connection continues where it stopped; if the stream no longer has that position, its
 * listener is told that purges were missed.
 */
export class PurgeStream implements SharedPurges {
  receivedAt = performance.now();
  private known: PurgePosition | undefined;
  private session: PurgeSession | undefined;
  /** The purges of the present epoch, by their ids. */
  private readonly log = new PurgeLog();
  /** Own purges that the store has not confirmed, by their JSON. */
  private readonly waiting = new Map<string, PurgeSelector>();
  private listener: PurgeListener | undefined;
  private readonly sessions: SessionLoop;

  /** @param onChange called when the store becomes unavailable, with the cause, or available */
  constructor(
    private readonly options: PurgeSessionOptions,
    onChange: (cause: unknown) => void = () => undefined,
  ) {
    this.sessions = new SessionLoop((onAvailable) => this.runSession(onAvailable), onChange);
  }

  /** Up to here the purges of other gateways have arrived; `undefined` before the first connection. */
  get position(): PurgePosition | undefined {
    return this.known;
  }

  /** The session of a store that is available. */
  get openSession(): PurgeSession | undefined {
    return this.session;
  }

  listen(listener: PurgeListener): void {
    this.listener = listener;
  }

  start(): Promise<void> {
    return this.sessions.start();
  }

  stop(): Promise<void> {
    return this.sessions.stop(() => this.session?.end());
  }

  async announce(selector: PurgeSelector): Promise<void> {
    const { session } = this;
    this.keepWaiting(selector);
    if (!session) throw new Error('Redis is not connected');
    try {
      await this.append(session, selector);
    } catch (error) {
      // A purge of the same selector may have been confirmed meanwhile.
      this.keepWaiting(selector);
      session.end();
      throw error;
    }
  }

  /**
   * Whether a response with these labels, whose request was sent at position `since`, was purged by any gateway.
   * `true` also if that is not known.
   */
  hasPurged(response: PurgeLabels, { epoch, id }: PurgePosition): boolean {
    if (epoch !== this.known?.epoch || this.log.hasPurged(response, id)) return true;
    for (const selector of this.waiting.values()) if (covers(selector, response)) return true;
    return false;
  }

  private keepWaiting(selector: PurgeSelector): void {
    if (this.waiting.size >= WAITING_PURGES) {
      this.waiting.clear();
      selector = EVERYTHING;
    }
    this.waiting.set(JSON.stringify(selector), selector);
  }

  private async append(session: PurgeSession, selector: PurgeSelector): Promise<void> {
    this.log.record(selector, await session.append(selector));
    this.waiting.delete(JSON.stringify(selector));
  }

  /** Runs one session until it breaks. @throws the reason */
  private async runSession(onAvailable: () => void): Promise<void> {
    const session = await PurgeSession.open(this.options);
    try {
      await this.synchronise(session);
      for (const selector of [...this.waiting.values()]) await this.append(session, selector);
      this.session = session;
      onAvailable();
      while (!this.sessions.isStopping) await this.receive(session);
    } finally {
      this.session = undefined;
      session.end();
    }
  }

  /** Continues after the known position if the store has all later purges; otherwise starts anew. */
  private async synchronise(session: PurgeSession): Promise<void> {
    const newest = await session.newest(this.known);
    const entries = await session.history();
    if (this.known?.epoch === newest.epoch) {
      const { id } = this.known;
      const isComplete = this.apply(entries.filter((entry) => entry.id > id));
      if (isComplete && this.known.id >= newest.id) {
        this.markReceived();
        return;
      }
    }
    const start = entries[0]?.since ?? newest.id;
    this.log.restart(start);
    for (const { selector, id } of entries) this.log.record(selector, id);
    this.known = { epoch: newest.epoch, id: entries.at(-1)?.id ?? newest.id };
    this.listener?.onMissed();
    this.markReceived();
  }

  private async receive(session: PurgeSession): Promise<void> {
    const entries = await session.read((this.known as PurgePosition).id);
    if (!this.apply(entries)) throw new Error('the stream no longer has all purges');
    this.markReceived();
  }

  /** @returns `false` if purges are missing before one of the entries */
  private apply(entries: readonly PurgeEntry[]): boolean {
    for (const { id, since, gateway, selector } of entries) {
      const { epoch, id: before } = this.known as PurgePosition;
      if (since !== before) return false;
      this.log.record(selector, id);
      if (gateway !== this.options.gateway) this.listener?.onPurge(selector);
      this.known = { epoch, id };
    }
    return true;
  }

  private markReceived(): void {
    this.receivedAt = performance.now();
  }
}
