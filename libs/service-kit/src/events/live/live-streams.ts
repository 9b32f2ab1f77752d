import type { OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { CloudEvent } from '#contracts';
import type { OutboxRows } from '../outbox/outbox-rows.js';
import { allStreamsTaken, instanceStops, ownStreamsTaken } from './live.problems.js';
import { LiveStream, type LiveSource } from './live-stream.js';
import type { OutboxTail } from './outbox-tail.js';

/** Limits of one process. */
export interface LiveLimits {
  readonly streams: number;
  /** Of one caller. A browser opens at most six to one host over HTTP/1.1. */
  readonly ofCaller: number;
  /** Reading more than this from the store would cost more than reading the present state. */
  readonly missedEvents: number;
  /** Between two keep-alive comments; below the idle time-outs of gateways and proxies, which are a minute by default. */
  readonly keepAliveMs: number;
  /** The reader then connects again: its credentials are checked again, and instances share the streams anew. */
  readonly maxAgeMs: number;
}

/** Random part of the age: the readers that a restart made connect together do not do so again. */
const AGE_SPREAD = 2 / 15;
/** After what time readers connect again, in milliseconds. */
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 4000;

const LIMITS: LiveLimits = {
  streams: 500,
  ofCaller: 10,
  missedEvents: 10_000,
  keepAliveMs: 15_000,
  maxAgeMs: 15 * 60_000,
};

/** A request for a live stream. */
export interface LiveRequest {
  /** Whether the caller may see the event, and asked for it. */
  readonly includes: (event: CloudEvent) => boolean;
  /** Whose streams are limited together; `undefined`: not limited. */
  readonly caller: string | undefined;
  /** Field `Last-Event-ID`: the reader knows the events up to it. */
  readonly lastEventId: string | undefined;
}

interface OpenStream {
  readonly caller: string | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly endsAt: number;
}

/**
 * The live streams of a service: its domain events, from whichever of its processes, as server-sent events. The event `reset`
 * tells a reader to read the present state; every later event follows it without a gap.
 */
export class LiveStreams implements OnModuleDestroy {
  private readonly streams = new Map<LiveStream, OpenStream>();
  private readonly source: LiveSource;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly tail: OutboxTail,
    rows: Pick<OutboxRows, 'after' | 'reaches'>,
    private readonly limits = LIMITS,
    private readonly random = Math.random,
  ) {
    this.source = {
      tail,
      rows,
      maxMissedEvents: limits.missedEvents,
      blockOf: rememberedBlocks(),
      retryMs: () => Math.round(MIN_RETRY_MS + random() * (MAX_RETRY_MS - MIN_RETRY_MS)),
    };
  }

  get size(): number {
    return this.streams.size;
  }

  /**
   * Responds with a stream of events.
   * @throws Problem {@link tooManyLiveStreams}, {@link tooManyStreamsOfCaller}; `storage-unavailable`
   */
  async open(reply: FastifyReply, request: LiveRequest): Promise<void> {
    this.requireFree(request.caller);
    const { raw } = reply;
    const stream = new LiveStream(raw, this.source, request.includes);
    this.add(stream, request.caller);
    raw.once('close', () => this.remove(stream));
    await this.tail.follow(stream);
    if (this.isClosed) throw instanceStops();
    reply.hijack();
    // The client may have disconnected.
    if (this.streams.has(stream))
      stream.begin(reply.getHeaders() as Record<string, string>, positionIn(request.lastEventId));
  }

  /** Ends all streams, which have no natural end, and refuses new ones. */
  close(): void {
    this.isClosed = true;
    for (const stream of this.streams.keys()) stream.end();
  }

  onModuleDestroy(): void {
    this.close();
  }

  private requireFree(caller: string | undefined): void {
    const { streams, limits } = this;
    if (streams.size >= limits.streams) throw allStreamsTaken();
    if (caller === undefined) return;
    let own = 0;
    for (const stream of streams.values()) if (stream.caller === caller) own += 1;
    if (own >= limits.ofCaller) throw ownStreamsTaken(limits.ofCaller);
  }

  private add(stream: LiveStream, caller: string | undefined): void {
    const ageMs = this.limits.maxAgeMs * (1 - this.random() * AGE_SPREAD);
    this.streams.set(stream, { caller, endsAt: performance.now() + ageMs });
    this.timer ??= setInterval(() => this.keepAlive(), this.limits.keepAliveMs).unref();
  }

  private remove(stream: LiveStream): void {
    this.tail.unfollow(stream);
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private keepAlive(): void {
    const now = performance.now();
    for (const [stream, { endsAt }] of this.streams)
      if (now >= endsAt) stream.end();
      else stream.sendKeepAlive();
  }
}

/** An id that was not issued here, such as a text, is before every event: the stream begins with a `reset`. */
function positionIn(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined) return undefined;
  return /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : -1;
}

/** Serialises an event once for all streams. */
function rememberedBlocks(): (event: CloudEvent) => string {
  const blocks = new WeakMap<CloudEvent, string>();
  return (event) => {
    let block = blocks.get(event);
    if (block === undefined) blocks.set(event, (block = blockOf(event)));
    return block;
  };
}

const blockOf = ({ sequence, type, data }: CloudEvent): string =>
  `id: ${sequence}\nevent: ${shortNameOf(type)}\ndata: ${JSON.stringify(data)}\n\n`;

/** `order.paid` of `shop.order.paid.v1`. */
const shortNameOf = (type: string): string => type.split('.').slice(1, -1).join('.');
