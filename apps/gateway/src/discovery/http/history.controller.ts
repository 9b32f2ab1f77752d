import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import {
  RegistryAtQueryDto,
  TIMELINE_LIMIT,
  TimelineQueryDto,
  type InstanceAt,
  type RegistryAt,
  type Timeline,
  type TimelineChange,
} from '#contracts';
import { DescribeOperation } from '#service-kit';
import type { RecordedInstance, RegistryChange } from '../history/past-registry.js';
import { RegistryHistory } from '../history/registry-history.js';
import { timeNotRecorded } from '../model/problems.js';
import { POLICY_REVISIONS, type PolicyRevisions, type RevisionInEffect } from './policy-revisions.js';
import { REGISTRY_AT, TIMELINE } from './schemas.js';

/** The registry as it was, and what changed since. */
@Controller('discovery')
export class HistoryController {
  constructor(
    private readonly history: RegistryHistory,
    @Inject(POLICY_REVISIONS) private readonly policies: PolicyRevisions,
  ) {}

  @DescribeOperation({
    summary: 'Show the registry as it was at a time',
    body: REGISTRY_AT,
    query: RegistryAtQueryDto,
    problems: [timeNotRecorded],
  })
  @Get('at')
  @Header('cache-control', 'no-store')
  at(@Query() { t }: RegistryAtQueryDto): RegistryAt {
    const { history } = this;
    // The clock may have been set back since the latest change.
    const time = t === undefined ? Math.max(Date.now(), history.newest) : Date.parse(t);
    return {
      at: iso(time),
      ...this.range(),
      revision: this.policies.at(time)?.revision ?? null,
      instances: history.at(time).instances.map(instanceAt),
    };
  }

  @DescribeOperation({
    summary: 'List the latest changes of the registry and of the policy file',
    body: TIMELINE,
    query: TimelineQueryDto,
  })
  @Get('timeline')
  @Header('cache-control', 'no-store')
  timeline(@Query() { limit }: TimelineQueryDto): Timeline {
    const count = Number(limit ?? TIMELINE_LIMIT);
    const registry = this.history.changes.slice(-count).map(registryChange);
    const policies = this.policies.revisions.filter(({ at }) => at >= this.history.oldest).map(policyChange);
    const changes = [...policies, ...registry].sort(byTime).slice(-count);
    return { ...this.range(), changes };
  }

  private range(): Pick<RegistryAt, 'oldest' | 'newest'> {
    const { oldest, newest } = this.history;
    const policiesAt = this.policies.revisions.at(-1)?.at ?? 0;
    return { oldest: iso(oldest), newest: iso(Math.max(newest, policiesAt)) };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const byTime = (a: TimelineChange, b: TimelineChange): number => Date.parse(a.at) - Date.parse(b.at);

const instanceAt = (recorded: RecordedInstance): InstanceAt => ({
  id: recorded.id,
  name: recorded.name,
  url: recorded.url,
  transport: recorded.transport,
  version: recorded.version,
  weight: recorded.weight,
  healthPath: recorded.healthPath,
  metadata: recorded.metadata,
  status: recorded.status,
  statusReason: recorded.statusReason,
});

const registryChange = ({ at, type, reason, service, instanceId }: RegistryChange): TimelineChange => ({
  at: iso(at),
  kind: 'registry',
  type,
  reason,
  service,
  instanceId,
});

const policyChange = ({ at, revision }: RevisionInEffect): TimelineChange => ({
  at: iso(at),
  kind: 'policy',
  type: 'loaded',
  reason: 'the policy file took effect',
  revision,
});
