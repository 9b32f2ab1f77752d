import type { Problem, ProblemDocument } from '#contracts';
import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import { noHealthyInstance } from '../problems.js';
import type { Policy } from '../policy.js';
import type { Route } from '../routing/route.js';
import type { Router } from '../routing/router.js';
import { isProxied } from '../routing/target.js';
import { outsideProxy } from '../problems.js';

/** An instance that a request would not meet, and why. */
export interface ExcludedInstance {
  readonly id: string;
  readonly url: string;
  readonly status: Instance['status'];
  readonly reason: string;
}

/** An instance that a request could meet. */
export interface CandidateInstance {
  readonly id: string;
  readonly url: string;
  readonly transport: Instance['transport'];
  readonly version: string;
  readonly weight: number;
  readonly inFlight: number;
}

/** What would become of a request, without sending it. */
export interface Explanation {
  readonly method: string;
  readonly path: string;
  /** The route that takes the request; `null` when none does. */
  readonly route: {
    readonly service: string;
    readonly prefix: string;
    readonly stages: readonly string[];
    readonly balancer: string;
    readonly policy: Policy;
  } | null;
  /** What an instance would be asked for. */
  readonly upstreamPath: string | null;
  readonly candidates: readonly CandidateInstance[];
  readonly excluded: readonly ExcludedInstance[];
  /** What the gateway would answer itself; `null` when the request would be forwarded. */
  readonly problem: Pick<ProblemDocument, 'type' | 'title' | 'status' | 'detail'> | null;
}

/** Walks a request as the pipeline would, up to the pick of an instance. */
export class Explainer {
  constructor(
    private readonly router: Router,
    private readonly services: LiveServiceTable,
  ) {}

  explain(method: string, path: string): Explanation {
    if (!isProxied(path)) return refused(method, path, outsideProxy('only paths under /api are forwarded'));
    const match = this.router.resolve(path);
    if ('problem' in match) return refused(method, path, match.problem);
    const entry = this.services.current.get(match.route.service);
    const available = new Set(entry?.available);
    return {
      method,
      path,
      route: describeRoute(match.route),
      upstreamPath: match.upstreamTarget,
      candidates: Array.from(available, describeCandidate),
      excluded: (entry?.instances ?? []).filter((each) => !available.has(each)).map(describeExcluded),
      problem:
        available.size === 0 ? describeProblem(noHealthyInstance('no instance can take requests now')) : null,
    };
  }
}

const refused = (method: string, path: string, problem: Problem): Explanation => ({
  method,
  path,
  route: null,
  upstreamPath: null,
  candidates: [],
  excluded: [],
  problem: describeProblem(problem),
});

function describeProblem(problem: Problem): Explanation['problem'] {
  const { type, title, status, detail } = problem.toDocument('', '');
  return { type, title, status, detail };
}

const describeRoute = ({ service, prefix, stages, balancer, policy }: Route): Explanation['route'] => ({
  service,
  prefix,
  stages: stages.map(({ name }) => name),
  balancer: balancer.name,
  policy,
});

const describeCandidate = ({ id, url, transport, version, weight, load }: Instance): CandidateInstance => ({
  id,
  url,
  transport,
  version,
  weight,
  inFlight: load.inFlight,
});

const describeExcluded = ({ id, url, status, statusReason, weight }: Instance): ExcludedInstance => ({
  id,
  url,
  status,
  reason: status === 'up' && weight === 0 ? 'its weight is 0' : statusReason,
});
