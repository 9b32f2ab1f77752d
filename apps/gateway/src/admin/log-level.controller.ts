import { Body, Controller, Get, Header, Inject, Put, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LOG_LEVELS, LogLevelDto, type LogLevelView } from '#contracts';
import { DescribeOperation, LogLevelControl, type NamedSchema } from '#service-kit';
import { behindRegistryToken, RegistryWriteGuard } from '../discovery/index.js';

/** Injection token of the {@link LogLevelControl} of the process. */
export const LOG_LEVEL = Symbol('LogLevel');

const LOG_LEVEL_VIEW: NamedSchema = {
  name: 'LogLevel',
  schema: {
    type: 'object',
    required: ['level'],
    properties: {
      level: { type: 'string', enum: [...LOG_LEVELS] },
      forSeconds: { type: 'integer', description: 'seconds until the configured level returns' },
      until: { type: 'string', format: 'date-time', description: 'when the configured level returns' },
    },
  },
};

/** The endpoints that show and change the log level of this process. */
@Controller('log-level')
@UseGuards(RegistryWriteGuard)
export class LogLevelController {
  constructor(@Inject(LOG_LEVEL) private readonly control: LogLevelControl) {}

  @DescribeOperation(behindRegistryToken({ summary: 'Show the log level in effect', body: LOG_LEVEL_VIEW }))
  @Get()
  @Header('cache-control', 'no-store')
  read(): LogLevelView {
    return this.control.state;
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Change the log level of this process, for a time or until the next start',
      body: LOG_LEVEL_VIEW,
      example: { level: 'INFO', forSeconds: 60 } satisfies LogLevelDto,
    }),
  )
  @Put()
  change(@Body() { level, forSeconds }: LogLevelDto, @Req() { id, ip }: FastifyRequest): LogLevelView {
    this.control.change(level, forSeconds, { source: 'PUT /log-level', client: ip, requestId: id });
    return this.control.state;
  }
}
