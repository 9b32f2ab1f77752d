import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#contracts';
import type { Logger } from '../../logging/logger.js';
import { RepeatedWarning } from '../../logging/repeated-warning.js';
import { failureMessage } from '../../redis/redis-failure.js';
import type { EventHandler, EventSubscription } from '../transport/event-transport.js';
import {
  GroupSession,
  LEASE_MS,
  LeaseLost,
  type GroupMember,
  type KnownTypes,
  type TakenEvent,
} from './group-session.js';
import { inSubjectOrder } from './in-subject-order.js';
import { upToForeign, type ForeignEvent } from './up-to-foreign.js';

const RECONNECT_EVERY_MS = 100;
/** How often an event is read again that neither runs here nor can be kept for the process that handles its type. */
const UNKEPT_MS = 500;
const RENEWALS_PER_LEASE = 4;
/** More transactions of one process than this wait for each other in the database. */
const HANDLED_AT_ONCE = 8;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/** Handles the events of a group while this process holds its lease. Connects again after every failure. */
export class GroupConsumer implements EventSubscription {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly rejections: RepeatedWarning;
  private readonly kept: RepeatedWarning;
  private isAvailable = true;
  /** Of the last session. */
  private knownTypes: KnownTypes = new Map();

  constructor(
    private readonly member: GroupMember,
    private readonly handleEvent: EventHandler,
    private readonly onTakeOver: () => void,
    private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {
    this.rejections = new RepeatedWarning(
      logger,
      `Event could not be handled by ${member.group}; handling it again until it succeeds`,
    );
    this.kept = new RepeatedWarning(
      logger,
      `Events for ${member.group} are parked for a process with a handler for their type; they wait for five minutes`,
    );
    this.running = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.runSession().catch((error: unknown) => this.reportLoss(error));
      await this.pause(RECONNECT_EVERY_MS);
    }
  }

  /** Runs one session until it breaks. @throws the reason */
  private async runSession(): Promise<void> {
    const session = await GroupSession.open(this.member, this.knownTypes);
    try {
      while (!this.isStopping) await this.handleNext(session);
    } finally {
      this.knownTypes = session.knownTypes;
      await session.release().catch(() => undefined);
      session.end();
    }
  }

  private async handleNext(session: GroupSession): Promise<void> {
    await session.announce();
    const streams = await session.streams();
    const taken = streams.length > 0 ? await session.take(streams) : undefined;
    this.reportAvailable();
    if (!taken) {
      await session.waitForHandOver();
      return;
    }
    if (taken.isTakeOver) this.onTakeOver();
    if (taken.events.length === 0) return session.waitForEvents(taken);
    const { events, foreign } = upToForeign(taken, this.member.types);
    await this.deliver(session, events);
    if (foreign !== undefined) await this.leave(foreign, session);
  }

  /** Leaves an event of a type that another version of this service handles to its processes. */
  private async leave(foreign: ForeignEvent, session: GroupSession): Promise<void> {
    const { type } = foreign.event;
    const outcome = await session.handOver(type);
    const { group } = this.member;
    if (outcome === 'absent') await this.keep(foreign, session);
    if (outcome === 'gone')
      this.logger.warn(
        { group, type },
        `Events of ${type} are skipped: no process of ${group} handles them any longer`,
      );
  }

  /** Keeps an event for a version whose processes are away, so that others do not wait for them. */
  private async keep(foreign: ForeignEvent, session: GroupSession): Promise<void> {
    const { group } = this.member;
    const { event } = foreign;
    try {
      await this.handleEvent(event);
    } catch (err) {
      this.recordRejection(err, event);
      return this.pause(UNKEPT_MS);
    }
    this.kept.record({ group, type: event.type });
    await session.acknowledge([foreign]);
  }

  /** Handles events and acknowledges those that were handled. */
  private async deliver(session: GroupSession, taken: readonly TakenEvent[]): Promise<void> {
    const wanted = taken.flatMap(({ event }) => (event && this.member.types.has(event.type) ? [event] : []));
    const unhandled = new Set(wanted);
    const renewal = setInterval(
      () => void session.renew().catch(() => undefined),
      LEASE_MS / RENEWALS_PER_LEASE,
    );
    try {
      await inSubjectOrder(wanted, HANDLED_AT_ONCE, async (event) => {
        await this.handle(session, event);
        unhandled.delete(event);
      });
    } finally {
      clearInterval(renewal);
      await session.acknowledge(taken.filter(({ event }) => !event || !unhandled.has(event)));
    }
  }

  /** @throws if the event has to be handled by the next session, or by another process */
  private async handle(session: GroupSession, event: CloudEvent): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LAST_RETRY_MS)) {
      if (this.isStopping || !session.isHolder) throw new LeaseLost();
      try {
        await this.handleEvent(event);
        return;
      } catch (err) {
        this.recordRejection(err, event);
      }
      await this.pause(retryMs);
    }
  }

  private recordRejection(err: unknown, { id, type, subject }: CloudEvent): void {
    this.rejections.record({ err, event: id, type, subject });
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private reportLoss(err: unknown): void {
    if (!this.isAvailable || this.isStopping || err instanceof LeaseLost) return;
    this.isAvailable = false;
    const { group } = this.member;
    this.logger.error({ err, group }, `Redis unavailable; events for ${group} wait: ${failureMessage(err)}`);
  }

  private reportAvailable(): void {
    if (this.isAvailable) return;
    this.isAvailable = true;
    const { group } = this.member;
    this.logger.info({ group }, `Redis available again; handling events for ${group}`);
  }
}
