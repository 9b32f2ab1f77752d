import { performance } from 'node:perf_hooks';
import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import type { Caller } from '#contracts';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { behindPolicyRead, PolicyReadGuard } from '../../policy/index.js';
import { TrafficMetrics } from '../../telemetry/metrics/index.js';
import { isoSecond, rounded } from '../traffic/rounded.js';

const MEMBERS: Readonly<Record<keyof Caller, object>> = {
  service: { type: 'string' },
  kind: { type: 'string', enum: ['consumer', 'user-agent'] },
  name: { type: 'string', description: 'consumer, or program; empty: the request names none' },
  share: { type: 'number', description: 'of the requests to the service, 0 to 1' },
  lastAt: { type: 'string', format: 'date-time' },
};

const CALLERS: NamedSchema = {
  name: 'CallerList',
  schema: {
    type: 'array',
    items: { type: 'object', required: Object.keys(MEMBERS), properties: MEMBERS as Record<string, object> },
  },
};

/** Who calls each service through this gateway. Consumers may be people: for operators. */
@Controller('dashboard/callers')
export class CallersController {
  constructor(private readonly traffic: TrafficMetrics) {}

  @DescribeOperation(
    behindPolicyRead({
      summary: 'List the callers of each service in the last five minutes, at most ten per service',
      body: CALLERS,
    }),
  )
  @Get()
  @UseGuards(PolicyReadGuard)
  @Header('cache-control', 'no-store')
  list(): readonly Caller[] {
    const now = performance.now();
    return this.traffic.services.flatMap(({ name: service, callers }) =>
      callers.callers(now).map(({ kind, name, share, lastAt }) => ({
        ...{ service, kind, name, share: rounded(share) },
        lastAt: isoSecond(performance.timeOrigin + lastAt),
      })),
    );
  }
}
