import {
  InstanceLoad,
  InstanceTokens,
  LiveServiceTable,
  ServiceTable,
  timeNotRecorded,
  type Instance,
  type PastRegistry,
  type RegistryHistory,
  type ServiceState,
} from '../../discovery/index.js';
import { LivePolicyFile, PolicySources, type PolicyHistory } from '../../policy/index.js';
import { ResponseCache } from '../../cache/response-cache.js';
import { policyOf } from '../../policy/policy-of-metadata.js';
import { withheldFieldsOf } from '../../policy/members/authentication.js';
import type { PolicyFile } from '../../policy/policy-file.js';
import { compileRoute, identityOf, type CompiledRoute } from '../routing/compile-route.js';
import type { StageFactory } from '../extension/stage-api.js';
import type { RouteSurroundings } from '../routing/route-surroundings.js';
import { RouteTable, type CompileRoute } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import type { Authenticators } from '../stages/authentication/authenticators.js';
import { Mirrors } from '../stages/mirror/mirrors.js';
import { changedProvider } from './changed-provider.js';
import { Explainer, type Explanation } from './explain.js';

/** What an explanation of the past is based on. */
export interface Recorded {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Revision of the policy file that was in effect; `null`: none was. */
  readonly revision: string | null;
  /** What is not recorded. */
  readonly note: string;
}

/** How the gateway would have processed a request. */
export interface PastExplanation extends Explanation {
  readonly recorded: Recorded;
}

const NOTE =
  'Registry and policy file are those of that time. The state of this gateway is not recorded: circuit breakers, ' +
  'requests in flight, rate and concurrency limits, latencies and stored responses are shown as after a start. ' +
  'Credentials are checked with the present keys.';

/** Size of a cache that stores nothing. */
const EMPTY_BYTES = 1;

/** Dependencies of {@link PastExplainer}. */
export interface PastExplainerParts {
  readonly history: RegistryHistory;
  readonly policies: PolicyHistory;
  readonly authenticators: Authenticators;
  /** Zone of the gateway. */
  readonly zone: string | undefined;
  /** The stages that the program adds. */
  readonly factories: readonly StageFactory[];
}

/**
 * Explains requests with the service table and the policy file of the past: routes are compiled for one explanation,
 * beside those in use, and share no state with them.
 */
export class PastExplainer {
  constructor(private readonly parts: PastExplainerParts) {}

  /**
   * @param time milliseconds since the epoch
   * @param request as for {@link Explainer.explain}
   * @throws timeNotRecorded
   */
  async explain(time: number, ...request: Parameters<Explainer['explain']>): Promise<PastExplanation> {
    const past = this.parts.history.at(time);
    const file = this.fileAt(time);
    const services = new LiveServiceTable();
    services.replace(tableOf(past));
    const sources = new PolicySources(file && LivePolicyFile.of(file));
    const compile = compiler(this.surroundings(services, past, sources));
    const router = new Router(new RouteTable(services, compile, sources));
    const explanation = await new Explainer(router, services).explain(...request);
    const at = new Date(time).toISOString();
    return { ...explanation, recorded: { at, revision: file?.revision ?? null, note: NOTE } };
  }

  private fileAt(time: number): PolicyFile | undefined {
    const { policies } = this.parts;
    const found = policies.at(time);
    if (found) return policies.fileOf(found);
    const [first] = policies.revisions;
    if (!first) return undefined;
    const oldest = new Date(first.at).toISOString();
    throw timeNotRecorded(`the policy file is recorded since ${oldest}`, { extensions: { oldest } });
  }

  private surroundings(
    services: LiveServiceTable,
    past: PastRegistry,
    sources: PolicySources,
  ): RouteSurroundings {
    const { authenticators, policies, zone, factories } = this.parts;
    const file = sources.file?.current;
    const tokens = new InstanceTokens({ find: (id) => past.get(id) });
    const present = policies.file?.current.providerTexts;
    return {
      zone,
      factories,
      availableOf: (service) => services.current.get(service)?.available ?? [],
      admitsInstance: (token) => tokens.admits(token),
      authenticatorOf: (name) =>
        present?.get(name) === file?.providerTexts.get(name)
          ? authenticators.get(name)
          : changedProvider(name, file?.authentication),
      cache: () => (sources.hasCaches ? new ResponseCache(EMPTY_BYTES) : undefined),
      mirrors: new Mirrors(
        () => false,
        () => ({ add: () => undefined }),
      ),
      withheldFields: () => (file ? withheldFieldsOf(file.authentication) : []),
      onStageError: (error) => {
        throw error;
      },
    };
  }
}

const compiler =
  (around: RouteSurroundings): CompileRoute<CompiledRoute> =>
  (service, declaration, plan) =>
    compileRoute(service, { ...policyOf(declaration).policy, ...plan.members }, around, identityOf(plan, []));

/** The service table of the past. Instances have the load that a new one has. */
function tableOf(past: PastRegistry): ServiceTable {
  const states = new Map<string, Instance[]>();
  for (const name of past.names.all.keys()) states.set(name, []);
  for (const recorded of past.instances) {
    const instances = states.get(recorded.name) ?? [];
    instances.push({ ...recorded, target: undefined, load: new InstanceLoad() });
    states.set(recorded.name, instances);
  }
  const services = Array.from(states, ([name, instances]): ServiceState => ({
    name,
    instances,
    lastSeenAt: past.names.all.get(name),
  }));
  return ServiceTable.EMPTY.with(services);
}
