import { Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { notFound, type CloudEvent } from '#contracts';
import { DescribeOperation, type NamedSchema } from '../docs/describe-operation.js';
import { PathText } from '../http/path-text.js';
import { ParkedEvents } from './consumer/parked-events.js';
import type { ParkedEvent } from './consumer/parked-row.js';

/** An event that failed at every attempt, and why. */
interface DeadLetter {
  readonly event: CloudEvent;
  readonly attempts: number;
  /** Message of the last failure. */
  readonly error: string;
  /** Time of the first failure, ISO 8601. */
  readonly parkedAt: string;
}

const SHOWN = 100;

const text = { type: 'string' };

const DEAD_LETTERS: NamedSchema = {
  name: 'DeadLetters',
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: ['event', 'attempts', 'error', 'parkedAt'],
      properties: {
        event: { type: 'object', description: 'CloudEvents 1.0 in JSON' },
        attempts: { type: 'integer', minimum: 1 },
        error: text,
        parkedAt: { ...text, format: 'date-time' },
      },
    },
  },
};

/**
 * Events that the handlers of this service could not handle. Each holds up the later events of its subject until it is
 * replayed or discarded. For operators: the gateway forwards no request of a client to it.
 */
@Controller('events/dead-letters')
export class DeadLettersController {
  constructor(private readonly parked: ParkedEvents) {}

  @DescribeOperation({
    summary: `List the ${SHOWN} oldest events that failed at every attempt`,
    body: DEAD_LETTERS,
  })
  @Get()
  @Header('cache-control', 'no-store')
  async list(): Promise<readonly DeadLetter[]> {
    return (await this.parked.deadLetters(SHOWN)).map(toDeadLetter);
  }

  @DescribeOperation({
    summary: 'Handle a dead letter again, and then the later events of its subject',
    status: 202,
    problems: [404],
  })
  @Post(':id/replay')
  @HttpCode(202)
  async replay(@Param('id', PathText) id: string): Promise<void> {
    if (!(await this.parked.replay(id))) throw noSuchDeadLetter();
  }

  @DescribeOperation({
    summary: 'Discard a dead letter, so that the later events of its subject are handled',
    status: 204,
    problems: [404],
  })
  @Delete(':id')
  @HttpCode(204)
  async discard(@Param('id', PathText) id: string): Promise<void> {
    if (!(await this.parked.discard(id))) throw noSuchDeadLetter();
  }
}

const noSuchDeadLetter = () => notFound('no dead letter has this event id');

const toDeadLetter = ({ event, attempts, error, parkedAt }: ParkedEvent): DeadLetter => ({
  event,
  attempts,
  error: error ?? '',
  parkedAt: new Date(parkedAt).toISOString(),
});
