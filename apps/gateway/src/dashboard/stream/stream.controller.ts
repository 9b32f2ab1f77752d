import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DescribeOperation, sendEventStreamHead } from '#service-kit';
import { tooManyDashboards } from '../problems.js';
import { DashboardStreams } from './dashboard-streams.js';

/** The live state of the gateway, for the dashboard. */
@Controller('dashboard/stream')
export class StreamController {
  constructor(private readonly streams: DashboardStreams) {}

  @DescribeOperation({
    summary:
      'Stream the state of the gateway: event `state`, then each second and soon after changes `patch`, a JSON merge patch of it (RFC 7396)',
    problems: [tooManyDashboards],
  })
  @Get()
  read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (request.method === 'HEAD') {
      sendEventStreamHead(reply);
      return;
    }
    this.streams.open(reply);
  }
}
