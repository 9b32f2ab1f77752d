import { Controller, Get, Header, Query } from '@nestjs/common';
import { HistoryQueryDto, type TrafficHistory } from '#contracts';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { FIGURES } from './traffic-series.js';
import { TrafficRecord } from './traffic-record.js';

const column = { type: 'array', items: { type: 'number', nullable: true } };

const HISTORY: NamedSchema = {
  name: 'TrafficHistory',
  schema: {
    type: 'object',
    required: ['stepSeconds', 'at', ...FIGURES],
    properties: {
      stepSeconds: { type: 'integer' },
      at: {
        type: 'array',
        items: { type: 'integer' },
        description: 'seconds since the epoch, oldest first; the other columns have the same length',
      },
      ...Object.fromEntries(FIGURES.map((name) => [name, column])),
    },
  },
};

/** The traffic of the past, for the plots of the dashboard. */
@Controller('dashboard/history')
export class HistoryController {
  constructor(private readonly record: TrafficRecord) {}

  @DescribeOperation({
    summary: 'Traffic of the last 15 minutes by second, or of the last 24 hours by minute',
    body: HISTORY,
    query: HistoryQueryDto,
  })
  @Get()
  @Header('cache-control', 'no-store')
  read(@Query() { period = '15m' }: HistoryQueryDto): TrafficHistory {
    return this.record.history(period, Date.now());
  }
}
