import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '#service-kit';
import { registryUnavailable } from '../../model/problems.js';
import type { Picture } from './picture.js';
import { RedisSession, type SessionOptions } from './redis-session.js';
import type { Synchroniser } from './synchroniser.js';
import { isRefusal, troubleInWords, troubleOf } from './trouble.js';

/** Notified when the store becomes unavailable and available again. */
export interface LinkWatcher {
  away(cause: unknown): void;
  /** The store is still unavailable, for another reason; called once per reason. */
  stillAway(cause: unknown): void;
  back(awayMs: number): void;
}

const RETRY_EVERY_MS = 100;
/** How long start-up waits for an unavailable store. */
const START_WAIT_MS = 2000;
/**
 * Change id of a wait for the first complete snapshot; unlike other waits it does not end when the store is
 * lost.
 */
const BEFORE_ALL = 0;

/** A wait until the registry snapshot contains a change. */
interface Waiting {
  readonly change: number;
  readonly resolve: () => void;
}

/**
 * Maintains the connection to the store: opens one session after another, and keeps the registry snapshot up
 * to date.
 */
export class RegistryLink {
  private session: RedisSession | undefined;
  private since: number | undefined = Date.now();
  private failure: unknown;
  private hasStarted = false;
  private hasArrived = false;
  /** The reasons reported since the store became unavailable. */
  private readonly told = new Set<string>();
  private mustSynchronise = false;
  private waiting: Waiting[] = [];
  private life: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  /** Aborted when the store refuses the gateway as configured. */
  private readonly refused = new AbortController();

  constructor(
    private readonly options: SessionOptions,
    private readonly picture: Picture,
    private readonly synchroniser: Synchroniser,
    private readonly watcher: LinkWatcher,
  ) {}

  /**
   * Since when the store is unavailable, milliseconds since the epoch; `undefined` if the snapshot is up to
   * date.
   */
  get awaySince(): number | undefined {
    return this.since;
  }

  /** The reason in one word, safe to publish; `undefined` if the store is available. */
  get awayFor(): string | undefined {
    return this.since === undefined ? undefined : troubleOf(this.failure);
  }

  /** The session for writes. @throws registryUnavailable */
  get open(): RedisSession {
    if (this.since === undefined && this.session) return this.session;
    throw unavailable(this.failure);
  }

  /** Whether the snapshot has ever been complete. */
  get wasReached(): boolean {
    return this.hasArrived;
  }

  /**
   * Resolves when the snapshot is complete for the first time, or when the store is not available in time.
   * @throws StartupError if the store refuses the gateway as configured
   */
  async start(): Promise<void> {
    const arrived = this.reached(BEFORE_ALL);
    this.life ??= this.live();
    const tooLong = sleep(START_WAIT_MS, undefined, { ref: false, signal: this.refused.signal });
    await Promise.race([arrived, tooLong.catch(() => undefined)]);
    this.hasStarted = true;
    if (this.since === undefined) return;
    if (this.refused.signal.aborted) {
      await this.stop();
      throw new StartupError(`Redis at REDIS_URL cannot be used: ${troubleInWords(this.failure)}`);
    }
    this.watcher.away(this.failure);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.session?.scripts.leave().catch(() => undefined);
    this.session?.end();
    await this.life;
  }

  /** Ends `session` after a failed command. Returns the error for the caller of the command. */
  fail(session: RedisSession, cause: unknown): Error {
    if (session === this.session) this.lose(cause);
    session.end();
    return unavailable(cause);
  }

  /** Compares an epoch read from the store with that of the snapshot; on a difference everything is read again. */
  noteEpoch(epoch: string): void {
    if (!this.synchroniser.isKnown(epoch)) this.mustSynchronise = true;
  }

  /** Resolves when the snapshot contains `change`, or when the store becomes unavailable. */
  reached(change: number): Promise<void> {
    if (this.since === undefined && this.picture.change >= change) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ change, resolve }));
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async live(): Promise<void> {
    while (!this.isStopping) {
      await this.stay().catch((error: unknown) => this.lose(error));
      this.session?.end();
      await sleep(RETRY_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Runs one session until it breaks. */
  private async stay(): Promise<void> {
    const session = await RedisSession.open(this.options);
    this.session = session;
    while (!this.isStopping) {
      this.mustSynchronise = false;
      await this.synchroniser.synchronise(session);
      this.arrive();
      while (await this.readOn(session));
    }
  }

  /** Applies new changes; `false`: synchronise or stop. */
  private async readOn(session: RedisSession): Promise<boolean> {
    const isComplete = this.synchroniser.take(await session.news(this.picture.change));
    this.release((change) => change <= this.picture.change);
    return isComplete && !this.mustSynchronise && !this.isStopping;
  }

  private arrive(): void {
    if (this.since !== undefined) this.watcher.back(Date.now() - this.since);
    this.since = undefined;
    this.hasArrived = true;
    this.told.clear();
    this.release((change) => change <= this.picture.change);
  }

  private lose(cause: unknown): void {
    this.failure = cause;
    this.release((change) => change > BEFORE_ALL);
    if (isRefusal(cause)) this.refused.abort();
    if (this.isStopping) return;
    const isNew = !this.told.has(troubleOf(cause));
    this.told.add(troubleOf(cause));
    if (this.since === undefined) {
      this.since = Date.now();
      this.watcher.away(cause);
    } else if (this.hasStarted && isNew) this.watcher.stillAway(cause);
  }

  private release(isOver: (change: number) => boolean): void {
    const over = this.waiting.filter(({ change }) => isOver(change));
    if (over.length === 0) return;
    this.waiting = this.waiting.filter(({ change }) => !isOver(change));
    for (const { resolve } of over) resolve();
  }
}

const unavailable = (cause: unknown): Error =>
  registryUnavailable(
    'the registry is unavailable and accepts no changes; the gateway serves the last known instances; retry later',
    {
      cause,
      headers: { 'retry-after': '1' },
    },
  );
