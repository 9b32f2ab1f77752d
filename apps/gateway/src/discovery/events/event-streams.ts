import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tooManyEventStreams } from '../model/problems.js';
import type { EventLog } from './event-log.js';
import { EventStream } from './event-stream.js';

const KEEP_ALIVE_INTERVAL_MS = 15_000;
const MAX_STREAMS = 1000;

/**
 * All readers of the event log: sends keep-alive comments to them, and ends them at shutdown so that they do not delay
 * it.
 */
export class EventStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly log: EventLog,
    private readonly maxStreams = MAX_STREAMS,
  ) {}

  get size(): number {
    return this.streams.size;
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.sendKeepAlives(), KEEP_ALIVE_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    for (const stream of this.streams) stream.end();
  }

  /**
   * Responds with the events after the one with id `position`, then with later ones. @throws tooManyEventStreams
   */
  open(reply: FastifyReply, position: number): void {
    if (this.isClosed || this.streams.size >= this.maxStreams)
      throw tooManyEventStreams('the gateway has reached its limit of open event streams; retry later', {
        headers: { 'retry-after': '5' },
      });
    const { raw } = reply.hijack();
    const stream = new EventStream(raw, this.log, position, reply.getHeaders() as Record<string, string>);
    this.streams.add(stream);
    raw.on('close', () => this.streams.delete(stream));
  }

  private sendKeepAlives(): void {
    for (const stream of this.streams) stream.sendKeepAlive();
  }
}
