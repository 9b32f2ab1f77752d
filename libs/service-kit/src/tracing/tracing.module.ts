import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Tracer } from '#registry-client';
import { traceRequests } from './trace-requests.js';

const TRACER = Symbol('tracer');

/** Records the requests of a service as spans. */
@Module({})
export class TracingModule implements OnModuleInit {
  constructor(
    @Inject(TRACER) private readonly tracer: Tracer,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  static of(tracer: Tracer): DynamicModule {
    return { module: TracingModule, providers: [{ provide: TRACER, useValue: tracer }] };
  }

  onModuleInit(): void {
    traceRequests(this.host.httpAdapter.getInstance(), this.tracer);
  }
}
