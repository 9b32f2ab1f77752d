import { Controller, Get, Header, Inject, Query, UseGuards } from '@nestjs/common';
import { RefusalsQueryDto, type Refusal } from '#contracts';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { lineOf } from '../../policy/decisions/decision-lines.js';
import type { Decision } from '../../policy/decisions/decision.js';
import type { DecisionRecord } from '../../policy/decisions/decision-record.js';
import { HiddenValues } from '../../policy/decisions/hidden-values.js';
import { behindPolicyRead, PolicyReadGuard } from '../../policy/index.js';
import { DECISION_RECORD } from './decisions.controller.js';

const DEFAULT_LIMIT = 50;
const NO_CLAIMS: ReadonlySet<string> = new Set();

const text = { type: 'string' };
const textOrNull = { type: 'string', nullable: true };

const MEMBERS: Readonly<Record<keyof Refusal, object>> = {
  at: { ...text, format: 'date-time' },
  requestId: text,
  method: text,
  target: { ...text, description: 'path and query; values of the query are hidden' },
  client: { ...text, description: 'address' },
  consumer: { ...textOrNull, description: 'the authenticated caller; `null`: none' },
  service: textOrNull,
  route: { ...textOrNull, description: 'name in the policy file' },
  status: { type: 'integer' },
  problem: { ...text, description: 'code of the problem that the gateway replied with' },
  refusal: { ...textOrNull, description: 'why the policy refused the request' },
};

const REFUSALS: NamedSchema = {
  name: 'RefusalList',
  schema: {
    type: 'array',
    items: { type: 'object', required: Object.keys(MEMBERS), properties: MEMBERS as Record<string, object> },
  },
};

/** The latest requests that the gateway refused, for operators. */
@Controller('policies/refusals')
export class RefusalsController {
  constructor(
    @Inject(DECISION_RECORD) private readonly record: DecisionRecord | undefined,
    private readonly hidden: HiddenValues,
  ) {}

  @DescribeOperation(
    behindPolicyRead({
      summary:
        'List the latest requests that the gateway replied to with a problem, the newest first; empty without a policy file',
      body: REFUSALS,
      query: RefusalsQueryDto,
    }),
  )
  @Get()
  @UseGuards(PolicyReadGuard)
  @Header('cache-control', 'no-store')
  list(@Query() { limit = DEFAULT_LIMIT }: RefusalsQueryDto): readonly Refusal[] {
    return (this.record?.refusals(limit) ?? []).map((decision) => this.refusalOf(decision));
  }

  private refusalOf(decision: Decision): Refusal {
    const { time, target, service, route, problem, refusal } = lineOf(decision, this.hidden, NO_CLAIMS);
    return {
      at: time,
      requestId: decision.requestId,
      method: decision.method,
      target,
      client: decision.clientAddress,
      consumer: decision.identity?.consumer ?? null,
      service,
      route,
      status: decision.status,
      problem: problem ?? '',
      refusal,
    };
  }
}
