import { Controller, Get, Header } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import { DescribeOperation, type NamedSchema } from '../docs/describe-operation.js';
import { HealthService } from './health.service.js';

const object = { type: 'object' };

const HEALTH: NamedSchema = {
  name: 'Health',
  schema: {
    type: 'object',
    required: ['status', 'info', 'error', 'details'],
    properties: { status: { type: 'string' }, info: object, error: object, details: object },
  },
  example: {
    status: 'ok',
    info: { database: { status: 'up' } },
    error: {},
    details: { database: { status: 'up' } },
  },
};

const UNAVAILABLE = { 503: 'something in `error` is down' };

/** `/health` serves operators; `/health/live` and `/health/ready` serve orchestrators and load balancers. */
@Controller('health')
export class HealthController {
  constructor(private readonly service: HealthService) {}

  @DescribeOperation({
    summary: 'Health of the app and its dependencies; 503 when it cannot serve requests',
    body: HEALTH,
    also: UNAVAILABLE,
  })
  @Get()
  @Header('cache-control', 'no-store')
  health(): Promise<HealthCheckResult> {
    return this.service.health();
  }

  @DescribeOperation({ summary: 'Liveness: the process is running', body: HEALTH })
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): Promise<HealthCheckResult> {
    return this.service.live();
  }

  @DescribeOperation({
    summary: 'Readiness: the app may receive traffic; 503 when it may not',
    body: HEALTH,
    also: UNAVAILABLE,
  })
  @Get('ready')
  @Header('cache-control', 'no-store')
  ready(): Promise<HealthCheckResult> {
    return this.service.ready();
  }
}
