import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, StreamableFile, UseGuards } from '@nestjs/common';
import { DescribeOperation } from '#service-kit';
import { LiveServiceTable } from '../../discovery/index.js';
import type { DecisionRecord } from '../../policy/decisions/decision-record.js';
import { HiddenValues } from '../../policy/decisions/hidden-values.js';
import { behindPolicyRead, PolicyReadGuard, PolicySources } from '../../policy/index.js';
import { recordText } from './record-text.js';

/** The injection token of the record; `undefined` without a policy file. */
export const DECISION_RECORD = Symbol('record of decisions');

/** Serves the record of decisions, for `npm run gateway -- plan`. */
@Controller('policies/decisions')
export class DecisionsController {
  constructor(
    @Inject(DECISION_RECORD) private readonly record: DecisionRecord | undefined,
    private readonly policies: PolicySources,
    private readonly services: LiveServiceTable,
    private readonly hidden: HiddenValues,
  ) {}

  @DescribeOperation(
    behindPolicyRead({
      summary:
        'Show the latest decisions as NDJSON, for `npm run gateway -- plan`; empty without a policy file',
    }),
  )
  @Get()
  @UseGuards(PolicyReadGuard)
  @Header('cache-control', 'no-store')
  read(): StreamableFile {
    const { record, hidden } = this;
    const file = this.policies.file?.current;
    const services = this.services.current;
    const text = record && file ? recordText(record, { file, services, hidden }) : [];
    return new StreamableFile(Readable.from(text), { type: 'application/x-ndjson' });
  }
}
