import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventQueryDto } from '#contracts';
import { acceptedType, DescribeOperation, sendEventStreamHead } from '#service-kit';
import { tooManyEventStreams } from '../model/problems.js';
import { EventLog } from '../events/event-log.js';
import { EventStreams } from '../events/event-streams.js';
import { EVENTS } from './schemas.js';

const HISTORY = 'application/json';
const STREAM = 'text/event-stream';

/** Changes of the registry: past ones and a live stream. */
@Controller('discovery/events')
export class EventsController {
  constructor(
    private readonly log: EventLog,
    private readonly streams: EventStreams,
  ) {}

  /**
   * A stream of events, from now on or after `Last-Event-ID` or `since`, or history as a JSON array, as the request
   * accepts. A request that accepts both equally, such as a plain `curl`, receives history if it has `since`.
   */
  @DescribeOperation({
    summary: 'Stream registry changes (text/event-stream), or list past changes with `since` (JSON)',
    body: EVENTS,
    query: EventQueryDto,
    problems: [tooManyEventStreams],
  })
  @Get()
  read(
    @Query() query: EventQueryDto,
    @Headers('accept') accept: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    void reply.header('vary', 'accept, last-event-id');
    if (wantsHistory(accept, query.since)) return void reply.send(this.log.after(Number(query.since ?? 0)));
    if (request.method === 'HEAD') {
      sendEventStreamHead(reply);
      return;
    }
    this.streams.open(reply, this.positionOf(lastEventId ?? query.since));
  }

  // An id that is not a number was not issued here: -1 makes the stream begin with a `reset`.
  private positionOf(id: string | undefined): number {
    if (id === undefined) return this.log.newestId;
    return /^\d{1,16}$/.test(id) ? Number(id) : -1;
  }
}

function wantsHistory(accept: string | undefined, since: string | undefined): boolean {
  const offers = since === undefined ? [STREAM, HISTORY] : [HISTORY, STREAM];
  return (acceptedType(accept, offers) ?? offers[0]) === HISTORY;
}
