import { Controller, Get, Header } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HealthService } from './health.service.js';

/** `/health` tells people, `/health/live` and `/health/ready` tell whoever starts, stops and sends traffic. */
@Controller('health')
export class HealthController {
  constructor(private readonly service: HealthService) {}

  @Get()
  @Header('cache-control', 'no-store')
  health(): Promise<HealthCheckResult> {
    return this.service.health();
  }

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): Promise<HealthCheckResult> {
    return this.service.live();
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  ready(): Promise<HealthCheckResult> {
    return this.service.ready();
  }
}
