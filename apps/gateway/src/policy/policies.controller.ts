import { Controller, Get, Header, Inject, UseGuards } from '@nestjs/common';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import type { JsonSchema } from '../config/file-form.js';
import { LiveServiceTable } from '../discovery/index.js';
import { describePolicy } from './describe-policy.js';
import { POLICY_JSON_SCHEMA } from './policy-json-schema.js';
import { behindPolicyRead, PolicyReadGuard } from './policy-read.guard.js';
import { PolicySources, type MemberSource, type RoutePlan } from './policy-sources.js';
import { PROVIDER_STATES, type ProviderState } from './provider-state.js';
import { describeMatch } from './route-match.js';

/** A route with its policy. */
export interface RoutePolicy {
  /** Name in the policy file; `null` for the route of all other requests to the service. */
  readonly name: string | null;
  /** Service in the path. */
  readonly service: string;
  /** Service whose instances receive the requests. */
  readonly target: string;
  /** Conditions of the route, as in the policy file. */
  readonly match: Readonly<Record<string, unknown>>;
  /** The effective policy, by the members of the policy file. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** What declares each of these members. */
  readonly sources: Readonly<Record<string, MemberSource>>;
}

/** Body of `GET /policies`. The members about the file are `null` without one. */
export interface PoliciesView {
  /** Identifies the content of the file that is in effect. */
  readonly revision: string | null;
  /** Path of the file. */
  readonly source: string | null;
  readonly loadedAt: string | null;
  /** Why the latest reload failed; `null` if it did not. */
  readonly lastError: { readonly at: string; readonly problems: readonly string[] } | null;
  /** The authentication providers of the file. */
  readonly providers: readonly ProviderState[];
  readonly routes: readonly RoutePolicy[];
}

const text = { type: 'string', nullable: true };
const time = { ...text, format: 'date-time' };
const texts = { type: 'array', items: { type: 'string' } };
const lastError = { type: 'object', nullable: true, properties: { at: time, problems: texts } };

const PROVIDER = {
  type: 'object',
  required: ['name', 'kind', 'source', 'isAvailable', 'loadedAt', 'lastError', 'keys'],
  properties: {
    name: { type: 'string' },
    kind: { type: 'string', enum: ['jwt', 'apiKey'] },
    source: { type: 'string' },
    isAvailable: { type: 'boolean' },
    loadedAt: time,
    lastError,
    warnings: texts,
    keys: { type: 'array', items: { type: 'object' } },
  },
};

const POLICIES: NamedSchema = {
  name: 'Policies',
  schema: {
    type: 'object',
    required: ['revision', 'source', 'loadedAt', 'lastError', 'providers', 'routes'],
    properties: {
      revision: text,
      source: text,
      loadedAt: time,
      lastError,
      providers: { type: 'array', items: PROVIDER },
      routes: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'service', 'target', 'match', 'policy', 'sources'],
          properties: {
            name: text,
            service: { type: 'string' },
            target: { type: 'string' },
            match: { type: 'object' },
            policy: { type: 'object' },
            sources: { type: 'object' },
          },
        },
      },
    },
  },
};

/** The policies that are in effect, and where they come from. */
@Controller('policies')
export class PoliciesController {
  constructor(
    private readonly table: LiveServiceTable,
    private readonly sources: PolicySources,
    @Inject(PROVIDER_STATES) private readonly providers: () => readonly ProviderState[],
  ) {}

  @DescribeOperation(
    behindPolicyRead({
      summary: 'Show the policies in effect and their sources',
      body: POLICIES,
    }),
  )
  @Get()
  @UseGuards(PolicyReadGuard)
  @Header('cache-control', 'no-store')
  read(): PoliciesView {
    const { file } = this.sources;
    return {
      revision: file?.current.revision ?? null,
      source: file?.path ?? null,
      loadedAt: file ? timeOf(file.loadedAt) : null,
      lastError: file?.lastError
        ? { at: timeOf(file.lastError.at), problems: file.lastError.problems }
        : null,
      providers: this.providers(),
      routes: this.sources.allPlans(this.table.current).map(describeRoute),
    };
  }

  @DescribeOperation({
    summary: 'JSON Schema of the policy file, for editors',
    body: { name: 'PolicyFileSchema', schema: { type: 'object' } },
  })
  @Get('schema.json')
  schema(): JsonSchema {
    return POLICY_JSON_SCHEMA;
  }
}

const describeRoute = (plan: RoutePlan): RoutePolicy => ({
  name: plan.name ?? null,
  service: plan.service,
  target: plan.target,
  match: plan.match ? describeMatch(plan.match) : {},
  policy: describePolicy(plan),
  sources: plan.sources,
});

const timeOf = (ms: number): string => new Date(ms).toISOString();
