import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { DescribeOperation, type NamedSchema } from '#service-kit';
import { LiveServiceTable } from '../discovery/index.js';
import { behindPolicyRead, PolicyReadGuard, PolicySources } from '../policy/index.js';
import type { MirrorPolicy } from '../policy/members/mirror.js';
import type { RoutePlan } from '../policy/policy-sources.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import { Findings, type PathFinding } from './stages/mirror/compare/findings.js';
import { Mirrors } from './stages/mirror/mirrors.js';

/** The mirror of one route. */
interface MirrorView {
  readonly service: string;
  /** Name in the policy file; `null` for the route of all other requests to the service. */
  readonly route: string | null;
  readonly to: MirrorPolicy['to'];
  readonly percent: number;
  /** Requests that were selected, by what became of their copy. */
  readonly requests: Readonly<Record<string, number>>;
  /** Comparisons by result; `null` if the policy does not compare. */
  readonly comparisons: Pick<Findings, 'compared' | 'equal' | 'noiseOnly' | 'different' | 'skipped'> | null;
  readonly differences: readonly PathFinding[];
  /** Differences at further paths, which are only counted. */
  readonly otherDifferences: number;
}

const count = { type: 'integer', minimum: 0 };
const kind = { anyOf: [{ type: 'string' }, { type: 'integer' }] };

const DIFFERENCE = {
  type: 'object',
  required: ['path', 'different', 'noise', 'isNoise', 'sample'],
  properties: {
    path: { type: 'string' },
    different: count,
    noise: count,
    isNoise: { type: 'boolean' },
    sample: { type: 'object', required: ['present', 'mirror'], properties: { present: kind, mirror: kind } },
  },
};

const MIRRORS: NamedSchema = {
  name: 'Mirrors',
  schema: {
    type: 'object',
    required: ['mirrors'],
    properties: {
      mirrors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['service', 'route', 'to', 'percent', 'requests', 'comparisons', 'differences'],
          properties: {
            service: { type: 'string' },
            route: { type: 'string', nullable: true },
            to: { type: 'object', properties: { service: { type: 'string' }, version: { type: 'string' } } },
            percent: { type: 'number' },
            requests: { type: 'object', additionalProperties: count },
            comparisons: {
              type: 'object',
              nullable: true,
              properties: {
                compared: count,
                equal: count,
                noiseOnly: count,
                different: count,
                skipped: count,
              },
            },
            differences: { type: 'array', items: DIFFERENCE },
            otherDifferences: count,
          },
        },
      },
    },
  },
};

/** What mirrors do, and what their comparisons have found. */
@Controller('policies/mirror')
export class MirrorFindingsController {
  constructor(
    private readonly table: LiveServiceTable,
    private readonly sources: PolicySources,
    private readonly mirrors: Mirrors,
    private readonly traffic: TrafficMetrics,
  ) {}

  @DescribeOperation(
    behindPolicyRead({
      summary: 'Show the mirrors and how their responses differ',
      body: MIRRORS,
    }),
  )
  @Get()
  @UseGuards(PolicyReadGuard)
  @Header('cache-control', 'no-store')
  read(): { readonly mirrors: readonly MirrorView[] } {
    const plans = this.sources.allPlans(this.table.current);
    return {
      mirrors: plans.flatMap((plan) => {
        const { mirror } = plan.members;
        return mirror && mirror.to.service !== plan.target ? [this.viewOf(plan, mirror)] : [];
      }),
    };
  }

  private viewOf({ target, name }: RoutePlan, { to, percent, compare }: MirrorPolicy): MirrorView {
    const findings = this.mirrors.get(target, name ?? '')?.findings ?? new Findings();
    const { compared, equal, noiseOnly, different, skipped, differences, otherDifferences } = findings;
    return {
      service: target,
      route: name ?? null,
      to,
      percent,
      requests: Object.fromEntries(
        this.traffic
          .service(target)
          .mirror(name ?? '')
          .entries(),
      ),
      comparisons: compare ? { compared, equal, noiseOnly, different, skipped } : null,
      differences,
      otherDifferences,
    };
  }
}
