import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { Matches } from 'class-validator';
import { MayBeAbsent } from '#contracts';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { Audited, behindRegistryToken, RegistryWriteGuard } from '../../discovery/index.js';
import { PolicySources } from '../../policy/index.js';
import { CallWatch } from './call-watch.js';
import { CONTRACT_CHANGE_KINDS, type ContractChange } from './contract-change.js';
import { SERVICE_NAME } from '../service-name.js';
import { ContractCheck } from './contract-check.js';
import { contractsUnavailable, noBrokenContract } from './problems.js';
import { VERSION_STATUSES, type SeenVersion, type ServiceContract } from './service-contract.js';

/** Optional body of `POST /discovery/contracts/{service}/accept`. */
export class AcceptContractDto {
  /** The version to accept; by default the one that was seen last. */
  @MayBeAbsent()
  @Matches(/^[\x21-\x7e]{1,128}$/, { message: 'version must be 1 to 128 visible ASCII characters' })
  version?: string;
}

interface ChangeView extends ContractChange {
  readonly calledInLast24h: boolean | null;
  readonly lastCalledAt: string | null;
}

interface VersionView {
  readonly version: string;
  readonly status: SeenVersion['status'];
  readonly reason: string | null;
  readonly seenAt: string;
  readonly decision: 'none' | 'report' | 'canary-only' | 'quarantine';
  readonly changes: readonly ChangeView[];
}

/** A contract as `GET /discovery/contracts` returns it. */
interface ContractView {
  readonly service: string;
  readonly accepted: { readonly version: string; readonly at: string } | null;
  readonly watchedSince: string | null;
  readonly versions: readonly VersionView[];
}

const text = { type: 'string' };
const time = { ...text, format: 'date-time' };
const object = (properties: object): NamedSchema['schema'] => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

const CHANGE = object({
  kind: { ...text, enum: [...CONTRACT_CHANGE_KINDS] },
  operation: { ...text, description: 'as in the accepted document', example: 'GET /users/{id}' },
  at: { ...text, description: 'place in the operation' },
  detail: text,
  calledInLast24h: {
    type: 'boolean',
    nullable: true,
    description:
      '`null`: no call was seen, and the operation is watched for less than a day or not completely',
  },
  lastCalledAt: { ...time, nullable: true },
} satisfies Record<keyof ChangeView, object>);

const VERSION = object({
  version: text,
  status: { ...text, enum: [...VERSION_STATUSES] },
  reason: {
    ...text,
    nullable: true,
    description: 'why the version is unknown, or the list of changes incomplete',
  },
  seenAt: time,
  decision: {
    ...text,
    enum: ['none', 'report', 'canary-only', 'quarantine'],
    description: 'what the policy of the service does about the changes',
  },
  changes: { type: 'array', items: CHANGE },
} satisfies Record<keyof VersionView, object>);

const CONTRACT: NamedSchema = {
  name: 'ServiceContract',
  schema: object({
    service: text,
    accepted: { ...object({ version: text, at: time }), nullable: true },
    watchedSince: {
      ...time,
      nullable: true,
      description: 'since when calls of broken operations are watched',
    },
    versions: { type: 'array', items: VERSION },
  } satisfies Record<keyof ContractView, object>),
};

const CONTRACTS: NamedSchema = {
  name: 'ServiceContractList',
  schema: { type: 'array', items: CONTRACT.schema },
};

/** The contracts of services, and what new versions change of them. */
@Controller('discovery/contracts')
export class ContractsController {
  constructor(
    private readonly check: ContractCheck,
    private readonly calls: CallWatch,
    private readonly policies: PolicySources,
  ) {}

  @DescribeOperation({
    summary: 'List the accepted documents of services, and what other versions break',
    body: CONTRACTS,
  })
  @Get()
  list(): readonly ContractView[] {
    return this.check.all.map((each) => this.viewOf(each));
  }

  @DescribeOperation(
    behindRegistryToken({
      summary: 'Accept the document of a version that breaks the contract of its service',
      path: { service: SERVICE_NAME },
      example: { version: '1.1.0' } satisfies AcceptContractDto,
      bodyIsOptional: true,
      body: CONTRACT,
      problems: [noBrokenContract, contractsUnavailable],
    }),
  )
  @Post(':service/accept')
  @Audited('accept-contract')
  @HttpCode(200)
  @UseGuards(RegistryWriteGuard)
  async accept(@Param('service') service: string, @Body() body: AcceptContractDto): Promise<ContractView> {
    return this.viewOf(await this.check.accept(service, body.version));
  }

  private viewOf(known: ServiceContract): ContractView {
    const { service, contract, versions } = known;
    const since = this.calls.sinceOf(service);
    return {
      service,
      accepted: contract ? { version: contract.version, at: timeOf(contract.acceptedAt) } : null,
      watchedSince: since === undefined ? null : timeOf(since),
      versions: [...versions.values()].map((seen) => this.versionOf(service, seen)),
    };
  }

  private versionOf(service: string, { version, status, reason, seenAt, changes }: SeenVersion): VersionView {
    return {
      version,
      status,
      reason: reason ?? null,
      seenAt: timeOf(seenAt),
      decision: status === 'breaking' ? this.policies.onBreakingOf(service) : 'none',
      changes: changes.map((change) => {
        const { calledInLast24h, lastCalledAt } = this.calls.findingOf(service, change.operation);
        return {
          ...change,
          calledInLast24h,
          lastCalledAt: lastCalledAt === undefined ? null : timeOf(lastCalledAt),
        };
      }),
    };
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
