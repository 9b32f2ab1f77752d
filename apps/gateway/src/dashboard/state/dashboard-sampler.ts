import type {
  DashboardState,
  FaultView,
  InstanceState,
  PolicyState,
  ServiceState,
  TrafficNow,
} from '#contracts';
import { GATEWAY_VERSION } from '../../config/gateway.version.js';
import type { LiveServiceTable, RegistryService } from '../../discovery/index.js';
import type { PolicySources, ProviderState } from '../../policy/index.js';
import { AttentionList, type ItemFacts } from '../attention/attention-list.js';
import { isCauseGone, type CauseFacts } from '../attention/cause.js';
import { injectedFault } from '../attention/fault-rule.js';
import type { Finding, IsListed } from '../attention/finding.js';
import { GatewayRules, type BrokenContract } from '../attention/gateway-rules.js';
import { instanceFindings } from '../attention/instance-rules.js';
import { MirrorRules, type ComparedMirror } from '../attention/mirror-rules.js';
import { isDown, serviceFindings } from '../attention/service-rules.js';
import { trafficEdges } from './traffic-edges.js';
import { addInstanceStates } from './instance-states.js';
import type { LiveInstanceFacts } from './live-instance-facts.js';
import type { ProcessLoad } from './process-load.js';
import { eventFindings, reportedEventsOf } from '../attention/event-rules.js';
import { backlogsOf, ReportedCalls } from './reported-calls.js';
import type { RouteStates } from './route-states.js';
import { isoSecond } from '../traffic/rounded.js';
import { serviceStateOf } from './service-state.js';
import { TrafficSampler } from '../traffic/traffic-sampler.js';

/** Members of the state that stay the same. */
export type GatewayFacts = Pick<
  DashboardState['gateway'],
  'name' | 'environment' | 'dataPlane' | 'store' | 'needsToken'
>;

/** What other parts of the gateway have found. */
export interface OtherFindings {
  readonly brokenContracts: () => readonly BrokenContract[];
  readonly mirrors: () => readonly ComparedMirror[];
}

/** Dependencies of {@link DashboardSampler}. */
export interface SamplerParts extends OtherFindings {
  readonly gateway: GatewayFacts;
  readonly table: LiveServiceTable;
  readonly registry: Pick<RegistryService, 'unavailableSince' | 'unavailableReason'>;
  readonly policies: PolicySources;
  readonly providers: () => readonly ProviderState[];
  readonly faults: () => readonly FaultView[];
  readonly traffic: TrafficSampler;
  readonly routes: RouteStates;
  readonly facts: LiveInstanceFacts;
  readonly load: Pick<ProcessLoad, 'lagMs' | 'memoryBytes'>;
}

/** Observes the gateway once per second, and describes what it has observed. */
export class DashboardSampler {
  readonly attention = new AttentionList();
  private readonly calls = new ReportedCalls();
  private readonly rules = new GatewayRules();
  private readonly mirrorRules = new MirrorRules();
  private readonly startedAt = isoSecond(Date.now() - process.uptime() * 1000);
  private loopLagMs = 0;
  private samples = 0;

  constructor(private readonly parts: SamplerParts) {}

  /**
   * Takes a sample.
   * @param now milliseconds since the epoch
   * @param monotonic milliseconds on a clock that is never set
   */
  async sample(now: number, monotonic: number): Promise<void> {
    const { traffic, routes, facts, load } = this.parts;
    this.loopLagMs = load.lagMs();
    traffic.sample(now, monotonic);
    this.forgetOutages();
    routes.sample();
    await this.observe(now);
    this.calls.sample(facts.all);
    this.samples += 1;
  }

  /** Requests that failed because a service was down say nothing of the instances that return. */
  private forgetOutages(): void {
    const { table, traffic } = this.parts;
    for (const entry of table.current.entries) {
      const windows = traffic.services.get(entry.name);
      if (windows && isDown({ entry, windows })) windows.forgetLatest();
    }
  }

  /**
   * Takes in the registry as it is now; traffic remains that of the latest sample.
   * @param now milliseconds since the epoch
   */
  async observe(now: number): Promise<void> {
    await this.parts.facts.refresh(now);
    this.attention.update(this.findings(now), now, this.itemFacts);
  }

  /** The figures of the latest sample. */
  get point(): TrafficNow & Pick<DashboardState['gateway'], 'loopLagMs' | 'memoryBytes'> {
    const { loopLagMs } = this;
    return { ...this.trafficNow, loopLagMs, memoryBytes: this.parts.load.memoryBytes };
  }

  /** @param now milliseconds since the epoch */
  state(now: number): DashboardState {
    const { traffic, routes, table, facts, registry, gateway } = this.parts;
    const { seconds } = traffic;
    const services: Record<string, ServiceState> = {};
    const instances: Record<string, InstanceState> = {};
    const serviceConditions = this.attention.serviceConditions;
    const sources = { facts, conditions: this.attention.instanceConditions, serviceConditions, seconds };
    for (const entry of table.current.entries) {
      const windows = traffic.services.get(entry.name);
      const condition = serviceConditions.get(entry.name) ?? 'ok';
      services[entry.name] = serviceStateOf(entry, windows, condition, seconds, now);
      addInstanceStates(instances, entry, windows, sources);
    }
    return {
      at: isoSecond(now),
      gateway: {
        ...gateway,
        version: GATEWAY_VERSION,
        startedAt: this.startedAt,
        isRegistryUp: registry.unavailableSince === undefined,
        loopLagMs: this.loopLagMs,
        memoryBytes: this.parts.load.memoryBytes,
      },
      traffic: this.trafficNow,
      policy: policyStateOf(this.parts.policies),
      services,
      instances,
      edges: { ...trafficEdges(Object.keys(services), traffic), ...this.calls.edges(this.samples) },
      routes: routes.states(now),
      attention: this.attention.items,
    };
  }

  private get trafficNow(): TrafficNow {
    const { traffic, table } = this.parts;
    let inFlight = 0;
    for (const entry of table.current.entries) inFlight += TrafficSampler.inFlight(entry);
    return traffic.all.now(traffic.seconds, inFlight);
  }

  private get itemFacts(): ItemFacts {
    const { table, traffic, facts } = this.parts;
    const known = table.current;
    const causes: CauseFacts = {
      serviceOf: (name) => {
        const entry = known.get(name);
        return entry && { entry, windows: traffic.services.get(name) };
      },
      reportsBacklog: (name) => backlogsOf(facts.all).some(({ service }) => service === name),
    };
    return {
      isKnown: ({ service }) => service === '' || !!known.get(service),
      isCauseGone: (item) => isCauseGone(item, causes),
    };
  }

  private findings(now: number): readonly Finding[] {
    const { table, traffic, facts, registry, policies, providers, brokenContracts, faults, mirrors } =
      this.parts;
    const isListed: IsListed = (kind, subject) => this.attention.has(kind, subject);
    const services = table.current.entries.flatMap((entry) => {
      const service = { entry, windows: traffic.services.get(entry.name) };
      return [...serviceFindings(service, isListed), ...instanceFindings(service, facts, now, isListed)];
    });
    const gateway = this.rules.findings(
      {
        loopLagMs: this.loopLagMs,
        registryAwaySince: registry.unavailableSince,
        registryAwayReason: registry.unavailableReason,
        failedReload: policies.file?.lastError,
        providers: providers(),
        backlogs: backlogsOf(facts.all),
        brokenContracts: brokenContracts(),
      },
      now,
    );
    const events = eventFindings(reportedEventsOf(facts.all), now);
    const mirrored = this.mirrorRules.findings(mirrors(), now);
    return [...services, ...faults().map(injectedFault), ...gateway, ...events, ...mirrored];
  }
}

function policyStateOf({ file }: PolicySources): PolicyState {
  if (!file) return { revision: null, loadedAt: null, failedAt: null };
  const { current, loadedAt, lastError } = file;
  return {
    revision: current.revision,
    loadedAt: isoSecond(loadedAt),
    failedAt: lastError ? isoSecond(lastError.at) : null,
  };
}
