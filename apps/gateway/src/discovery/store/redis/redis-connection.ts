import { setTimeout as sleep } from 'node:timers/promises';
import { failureCode, failureMessage, isRefusal, StartupError } from '#service-kit';
import { registryUnavailable } from '../../model/problems.js';
import type { RegistrySnapshot } from './registry-snapshot.js';
import { RedisSession, type SessionOptions } from './redis-session.js';
import type { Synchroniser } from './synchroniser.js';

/** Notified when the store becomes unavailable and available again. */
export interface AvailabilityListener {
  onUnavailable(cause: unknown): void;
  /** The store is still unavailable, for another reason; called once per reason. */
  onStillUnavailable(cause: unknown): void;
  onAvailable(unavailableMs: number): void;
}

const RETRY_EVERY_MS = 100;
/** How long start-up waits for an unavailable store. */
const START_WAIT_MS = 2000;
/**
 * Change id of a wait for the first complete snapshot; unlike other waits it does not end when the store is
 * lost.
 */
const FIRST_SNAPSHOT = 0;

/** A wait until the registry snapshot contains a change. */
interface Wait {
  readonly change: number;
  readonly resolve: () => void;
}

/**
 * Maintains the connection to the store: opens one session after another, and keeps the registry snapshot up
 * to date.
 */
export class RedisConnection {
  private session: RedisSession | undefined;
  private lostAt: number | undefined = Date.now();
  private failure: unknown;
  private hasStarted = false;
  private hasBeenAvailable = false;
  /** The reasons reported since the store became unavailable. */
  private readonly reportedReasons = new Set<string>();
  private mustSynchronise = false;
  private waits: Wait[] = [];
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  /** Aborted when the store refuses the gateway as configured. */
  private readonly refused = new AbortController();

  constructor(
    private readonly options: SessionOptions,
    private readonly snapshot: RegistrySnapshot,
    private readonly synchroniser: Synchroniser,
    private readonly listener: AvailabilityListener,
  ) {}

  /**
   * Since when the store is unavailable, milliseconds since the epoch; `undefined` if the snapshot is up to
   * date.
   */
  get unavailableSince(): number | undefined {
    return this.lostAt;
  }

  /** The reason in one word, safe to publish; `undefined` if the store is available. */
  get unavailableReason(): string | undefined {
    return this.lostAt === undefined ? undefined : failureCode(this.failure);
  }

  /** The session for writes. @throws registryUnavailable */
  get openSession(): RedisSession {
    if (this.lostAt === undefined && this.session) return this.session;
    throw unavailable(this.failure);
  }

  /** Whether the snapshot has ever been complete. */
  get wasAvailable(): boolean {
    return this.hasBeenAvailable;
  }

  /**
   * Resolves when the snapshot is complete for the first time, or when the store is not available in time.
   * @throws StartupError if the store refuses the gateway as configured
   */
  async start(): Promise<void> {
    const available = this.waitFor(FIRST_SNAPSHOT);
    this.running ??= this.run();
    const timeout = sleep(START_WAIT_MS, undefined, { ref: false, signal: this.refused.signal });
    await Promise.race([available, timeout.catch(() => undefined)]);
    this.hasStarted = true;
    if (this.lostAt === undefined) return;
    if (this.refused.signal.aborted) {
      await this.stop();
      throw new StartupError(`Redis at REDIS_URL cannot be used: ${failureMessage(this.failure)}`);
    }
    this.listener.onUnavailable(this.failure);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.session?.scripts.leave().catch(() => undefined);
    this.session?.end();
    await this.running;
  }

  /** Ends `session` after a failed command. Returns the error for the caller of the command. */
  handleFailure(session: RedisSession, cause: unknown): Error {
    if (session === this.session) this.markUnavailable(cause);
    session.end();
    return unavailable(cause);
  }

  /** Compares an epoch read from the store with that of the snapshot; on a difference everything is read again. */
  compareEpoch(epoch: string): void {
    if (!this.synchroniser.isCurrentEpoch(epoch)) this.mustSynchronise = true;
  }

  /** Resolves when the snapshot contains `change`, or when the store becomes unavailable. */
  waitFor(change: number): Promise<void> {
    if (this.lostAt === undefined && this.snapshot.change >= change) return Promise.resolve();
    return new Promise((resolve) => this.waits.push({ change, resolve }));
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.runSession().catch((error: unknown) => this.markUnavailable(error));
      this.session?.end();
      await sleep(RETRY_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Runs one session until it breaks. */
  private async runSession(): Promise<void> {
    const session = await RedisSession.open(this.options);
    this.session = session;
    while (!this.isStopping) {
      this.mustSynchronise = false;
      await this.synchroniser.synchronise(session);
      this.markAvailable();
      while (await this.applyNewChanges(session));
    }
  }

  /** Applies new changes; `false`: synchronise or stop. */
  private async applyNewChanges(session: RedisSession): Promise<boolean> {
    const isComplete = this.synchroniser.applyEntries(await session.readChanges(this.snapshot.change));
    this.resolveWaits((change) => change <= this.snapshot.change);
    return isComplete && !this.mustSynchronise && !this.isStopping;
  }

  private markAvailable(): void {
    if (this.lostAt !== undefined) this.listener.onAvailable(Date.now() - this.lostAt);
    this.lostAt = undefined;
    this.hasBeenAvailable = true;
    this.reportedReasons.clear();
    this.resolveWaits((change) => change <= this.snapshot.change);
  }

  private markUnavailable(cause: unknown): void {
    this.failure = cause;
    this.resolveWaits((change) => change > FIRST_SNAPSHOT);
    if (isRefusal(cause)) this.refused.abort();
    if (this.isStopping) return;
    const isNew = !this.reportedReasons.has(failureCode(cause));
    this.reportedReasons.add(failureCode(cause));
    if (this.lostAt === undefined) {
      this.lostAt = Date.now();
      this.listener.onUnavailable(cause);
    } else if (this.hasStarted && isNew) this.listener.onStillUnavailable(cause);
  }

  private resolveWaits(hasEnded: (change: number) => boolean): void {
    const ended = this.waits.filter(({ change }) => hasEnded(change));
    if (ended.length === 0) return;
    this.waits = this.waits.filter(({ change }) => !hasEnded(change));
    for (const { resolve } of ended) resolve();
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
