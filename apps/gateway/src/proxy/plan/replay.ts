import { LiveServiceTable, type ServiceTable } from '../../discovery/index.js';
import type { Decision } from '../../policy/decisions/decision.js';
import { providerDigests } from '../../policy/decisions/provider-digests.js';
import { LivePolicyFile } from '../../policy/live-policy-file.js';
import { policyOf } from '../../policy/policy-of-metadata.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { PolicyFile } from '../../policy/policy-file.js';
import { PolicySources } from '../../policy/policy-sources.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { compileRoute, identityOf, type CompiledRoute } from '../routing/compile-route.js';
import type { RouteSurroundings } from '../routing/route-surroundings.js';
import { RouteTable, type CompileRoute } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import { RateLimiters } from '../stages/rate-limit/rate-limiters.js';
import { forwarded, responded, unknownOutcome, type Outcome } from './outcome.js';
import { recordedAuthenticator } from './recorded-authenticator.js';
import { NotRecorded, RecordedExchange } from './recorded-exchange.js';

/**
 * Members that decide which requests pass. Others decide how a request is forwarded, or depend on the load and on
 * instances.
 */
const DECIDING = [
  ...(['access', 'cors', 'auth', 'authorization', 'rateLimits', 'limits'] as const),
  ...(['internalPaths', 'redirect', 'respond', 'rewrite'] as const),
];

const TOO_LONG = 'the whole request, which is too long to record';

const NOT_A_COUNT = { allowed: 0, shadow: 0, refused: { add: () => undefined } };

/**
 * Takes recorded requests through the routes of a policy file: the pipeline and the stages of the data path, on the clock
 * of the record. Rate limits begin with empty buckets.
 */
export class Replay {
  private now = 0;
  private error: unknown;
  private readonly pipeline: Pipeline<RecordedExchange>;

  /** @param services the services that are known, and what their instances declare */
  constructor(
    private readonly file: PolicyFile,
    services: ServiceTable,
  ) {
    const table = new LiveServiceTable();
    table.replace(services);
    const compile = compiler(this.surroundings());
    const routes = new RouteTable(table, compile, new PolicySources(LivePolicyFile.of(file)));
    this.pipeline = new Pipeline<RecordedExchange>({
      router: new Router(routes),
      forward: { start: () => undefined, abort: () => undefined },
      recorder: { attemptFailed: () => undefined, tunnelOpened: () => undefined, ended: () => undefined },
      onError: (error) => (this.error = error),
    });
  }

  /** @throws what a stage throws */
  outcomeOf(decision: Decision): Outcome {
    if (decision.isCut) return unknownOutcome(TOO_LONG);
    this.now = decision.time;
    this.error = undefined;
    const exchange = new RecordedExchange(decision);
    this.pipeline.run(exchange);
    this.pipeline.end(exchange);
    const { own, route, refusal, target } = exchange;
    if (this.error instanceof NotRecorded) return unknownOutcome(this.error.message);
    if (this.error) throw this.error as Error;
    if (exchange.hasUnknownQuery && this.dependsOnQuery(decision)) return unknownOutcome('the query');
    if (own) return responded(own, { target, route: route?.name, refusal });
    return forwarded(route?.service ?? '', route?.name);
  }

  private dependsOnQuery({ target }: Decision): boolean {
    const service = target.split(/[/?]/, 3)[2] ?? '';
    return this.file.routes.get(service)?.some(({ match }) => match.query !== undefined) ?? false;
  }

  private surroundings(): RouteSurroundings {
    const { authentication, providerTexts } = this.file;
    const { jwt, apiKey } = authentication;
    const digests = providerDigests(providerTexts);
    return {
      rateLimiters: new RateLimiters(undefined),
      now: () => this.now,
      // The record has valid tokens only.
      admitsInstance: (token) => token !== undefined,
      countsOf: () => NOT_A_COUNT,
      authenticatorOf: (name) =>
        recordedAuthenticator({
          name,
          digests: digests.get(name) ?? { whole: '', verification: '' },
          jwt: jwt?.get(name),
          apiKey: apiKey?.get(name),
        }),
      onStageError: (error) => {
        throw error;
      },
    };
  }
}

const compiler =
  (around: RouteSurroundings): CompileRoute<CompiledRoute> =>
  (service, declaration, plan) =>
    compileRoute(
      service,
      decidingPart({ ...policyOf(declaration).policy, ...plan.members }),
      around,
      identityOf(plan, []),
    );

const decidingPart = (policy: Policy): Policy => ({
  ...DEFAULT_POLICY,
  breaker: { ...DEFAULT_POLICY.breaker, failurePercent: 0 },
  ...Object.fromEntries(DECIDING.map((member) => [member, policy[member]])),
});
