import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  DescribeOperation,
  LiveStreams,
  sendEventStreamHead,
  tooManyLiveStreams,
  tooManyStreamsOfCaller,
} from '#service-kit';
import { orderAccessDeniedKind } from '../model/orders.problems.js';
import { CallerAccess, OrderAccess } from '../orders/order-access.js';
import { ORDER_STREAM } from './order-stream.document.js';
import { OrderStreamQueryDto } from './order-stream.query.js';
import { visibleEvents } from './visible-events.js';

/** The changes of orders while they happen. */
@ApiTags('Orders')
@Controller('orders/stream')
export class OrderStreamController {
  constructor(private readonly streams: LiveStreams) {}

  @DescribeOperation({
    summary: 'Stream changes of orders as server-sent events; users get their own',
    description:
      'The event `reset` asks the reader to list the orders: the stream begins (`start`), or events are no longer kept ' +
      '(`events-lost`). Every other event has the data of the domain event of this name. The stream ends after 13 to 15 minutes.',
    stream: ORDER_STREAM,
    query: OrderStreamQueryDto,
    headers: { 'Last-Event-ID': 'the `id` of the last event that the reader has; later events follow it' },
    problems: [orderAccessDeniedKind, tooManyStreamsOfCaller, tooManyLiveStreams],
  })
  @Get()
  async read(
    @Query() { userId }: OrderStreamQueryDto,
    @CallerAccess() access: OrderAccess,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (request.method === 'HEAD') {
      sendEventStreamHead(reply);
      return;
    }
    await this.streams.open(reply, {
      includes: visibleEvents(access, userId),
      caller: access.owner,
      lastEventId,
    });
  }
}
