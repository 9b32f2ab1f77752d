import { Problem, type ProblemDocument } from '#contracts';
import type { LiveServiceTable, ServiceEntry } from '../../discovery/index.js';
import { methodNotSupported, noHealthyInstance, outsideProxy } from '../exchange/problems.js';
import type { Preview, PreviewRequest } from '../exchange/stage.js';
import { allFull } from '../forward/failure-problem.js';
import { EJECTION_STATUSES } from '../resilience/response-kind.js';
import type { Route } from '../exchange/route.js';
import type { Router } from '../routing/router.js';
import { FORWARDED_METHODS } from '../http1/rules/methods.js';
import { isProxied } from '../http1/rules/target.js';
import {
  describeCandidate,
  instancesOf,
  type CandidateInstance,
  type ExcludedInstance,
  type MetInstances,
} from './met-instances.js';
import { nextAttempts, type NextAttempt } from './next-attempts.js';

/** What one stage would decide. */
export interface StageDecision {
  readonly stage: string;
  readonly decision: Preview['decision'];
  readonly detail: string;
}

/** How the gateway would process a request, determined without sending it. */
export interface Explanation {
  readonly method: string;
  readonly path: string;
  /** The matching route; `null` if there is none. */
  readonly route: {
    /** Name of the route in the policy file; `null`: the service's own. */
    readonly name: string | null;
    /** Service whose instances would receive the request. */
    readonly service: string;
    readonly prefix: string;
    readonly stages: readonly string[];
    readonly balancer: string;
    readonly policy: Readonly<Record<string, unknown>>;
    /** `closed` admits requests; `null`: the policy has no circuit breaker. */
    readonly breaker: NonNullable<Route['breaker']>['state'] | null;
    /**
     * Response statuses that count as failures of the instance and of the service. A response that is missing,
     * invalid or late counts for both.
     */
    readonly failureStatuses: { readonly ejection: readonly number[]; readonly breaker: readonly number[] };
    readonly inFlight: number;
    /** Current adaptive concurrency limit; `null`: the policy has none. */
    readonly adaptiveLimit: number | null;
    /** Delay of a hedged attempt, in milliseconds; `null`: unknown yet, or hedging is off. */
    readonly hedgeAfterMs: number | null;
  } | null;
  /** Path and query that would be sent to an instance. */
  readonly upstreamPath: string | null;
  /** What the stages of the route would decide now, in order; stages after a response would not be reached. */
  readonly decisions: readonly StageDecision[];
  /** The path is internal: `problem` applies to requests without the token of a registered instance. */
  readonly isInternal: boolean;
  /** The version that would get the request; `null` if the route has no versions, or if it cannot be determined. */
  readonly version: string | null;
  readonly candidates: readonly CandidateInstance[];
  readonly excluded: readonly ExcludedInstance[];
  /** Possible attempts, in order. */
  readonly attempts: readonly NextAttempt[];
  /** The response of the gateway itself; `null` if the request would be forwarded. */
  readonly problem: Pick<ProblemDocument, 'type' | 'title' | 'status' | 'detail'> | null;
  /** The response of the gateway itself that is no problem, such as a redirect; `null` if there is none. */
  readonly reply: { readonly status: number; readonly fields: Readonly<Record<string, string>> } | null;
}

/** Evaluates a request like the pipeline does, up to the selection of an instance: asks the stages of its route. */
export class Explainer {
  constructor(
    private readonly router: Router,
    private readonly services: LiveServiceTable,
  ) {}

  /**
   * @param fields header fields of the request, each as `Name:value`
   * @param clientAddress address of the client; `undefined`: not stated
   */
  async explain(
    method: string,
    path: string,
    fields: readonly string[] = [],
    clientAddress?: string,
  ): Promise<Explanation> {
    if (!FORWARDED_METHODS.has(method))
      return refused(method, path, methodNotSupported('the gateway does not support this method'));
    if (!isProxied(path)) return refused(method, path, outsideProxy('only paths under /api are forwarded'));
    const header = headerOf(fields);
    const match = this.router.resolve(path, { method, header });
    if ('problem' in match) return refused(method, path, match.problem);
    const { route, upstreamTarget } = match;
    const entry = this.services.current.get(route.service);
    const request: PreviewRequest = {
      ...{ method, target: path, upstreamTarget, clientAddress, identity: undefined },
      header,
    };
    const previews = await previewsOf(route, request);
    const met = instancesOf(route, entry, request.version);
    const own = previews.find(({ reply }) => reply)?.reply;
    const refusal = own instanceof Problem ? own : own ? undefined : withoutInstance(met, entry, previews);
    return {
      method,
      path,
      route: describeRoute(route),
      upstreamPath: route.rewrite?.upstream(upstreamTarget) ?? upstreamTarget,
      decisions: previews.map(({ stage, decision, detail }) => ({ stage, decision, detail })),
      isInternal: previews.some(({ stage, reply }) => stage === 'internal-paths' && reply),
      version: request.version ?? null,
      candidates: met.candidates.map(describeCandidate),
      excluded: met.excluded,
      attempts: nextAttempts(route, met.available, { method, header }),
      problem: refusal ? describeProblem(refusal) : null,
      reply: own && !(own instanceof Problem) ? { status: own.status, fields: own.fields } : null,
    };
  }
}

/** Looks up a field by its name in lower case; several fields of that name are joined by ", ". */
function headerOf(fields: readonly string[]): PreviewRequest['header'] {
  const values = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return (name) => values.get(name);
}

type NamedPreview = Preview & { readonly stage: string };

/** Asks the stages one after the other: a later one may depend on the identity that an earlier one finds. */
async function previewsOf({ phases }: Route, request: PreviewRequest): Promise<readonly NamedPreview[]> {
  const previews: NamedPreview[] = [];
  for (const stage of phases.stages) {
    const preview = await stage.preview?.(request);
    if (preview) previews.push({ stage: stage.name, ...preview });
  }
  return previews;
}

function withoutInstance(
  { available, candidates }: MetInstances,
  entry: ServiceEntry | undefined,
  previews: readonly NamedPreview[],
): Problem | undefined {
  if (candidates.length > 0) return undefined;
  // A request that waits may find an instance with room.
  if (available.length > 0 && previews.some(({ decision }) => decision === 'wait')) return undefined;
  if (available.length > 0) return allFull();
  return noHealthyInstance(
    entry?.available.length ? 'no instance of a version of the route is available' : whyNone(entry),
  );
}

const refused = (method: string, path: string, problem: Problem): Explanation => ({
  method,
  path,
  route: null,
  upstreamPath: null,
  decisions: [],
  isInternal: false,
  version: null,
  candidates: [],
  excluded: [],
  attempts: [],
  problem: describeProblem(problem),
  reply: null,
});

function whyNone(entry: ServiceEntry | undefined): string {
  if (entry?.lastSeenAt === undefined) return 'no instance of the service is available';
  return `the service has had no live instance since ${new Date(entry.lastSeenAt).toISOString()}`;
}

function describeProblem(problem: Problem): Explanation['problem'] {
  const { type, title, status, detail } = problem.toDocument('', '');
  return { type, title, status, detail };
}

const describeRoute = ({
  name,
  service,
  prefix,
  phases,
  balancer,
  policy,
  declared,
  breaker,
  adaptive,
  hedging,
  load,
}: Route): Explanation['route'] => ({
  name: name ?? null,
  service,
  prefix,
  stages: phases.stages.map(({ name }) => name),
  balancer: balancer.name,
  policy: { ...policy, ...declared },
  breaker: breaker?.state ?? null,
  failureStatuses: { ejection: EJECTION_STATUSES, breaker: policy.breaker.statuses },
  inFlight: load.inFlight,
  adaptiveLimit: adaptive?.current ?? null,
  hedgeAfterMs: hedging?.delayMs ?? null,
});
