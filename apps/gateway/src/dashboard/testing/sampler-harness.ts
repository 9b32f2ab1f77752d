import type { AttentionItem, DashboardState, FaultView } from '#contracts';
import { CertificateExpiries, type StoredInstance } from '../../discovery/index.js';
import { DiscoveryHarness } from '../../discovery/testing/discovery-harness.js';
import { PolicySources, type ProviderState } from '../../policy/index.js';
import { TrafficMetrics } from '../../telemetry/metrics/index.js';
import { ended } from '../../telemetry/testing/ended-exchange.js';
import type { BrokenContract } from '../attention/gateway-rules.js';
import type { ComparedMirror } from '../attention/mirror-rules.js';
import { DashboardSampler } from '../state/dashboard-sampler.js';
import { LiveInstanceFacts } from '../state/live-instance-facts.js';
import { RouteStates } from '../state/route-states.js';
import { TrafficSampler } from '../traffic/traffic-sampler.js';

/** Requests that ended earlier are not judged. */
export const LOOK_BACK_SECONDS = 300;

/** A sampler of real discovery and metrics, on a manual clock. */
export class SamplerHarness {
  readonly discovery = new DiscoveryHarness();
  readonly traffic = new TrafficMetrics();
  readonly certificates = new CertificateExpiries();
  readonly policies = new PolicySources();
  providers: readonly ProviderState[] = [];
  brokenContracts: readonly BrokenContract[] = [];
  faults: readonly FaultView[] = [];
  mirrors: readonly ComparedMirror[] = [];
  /** The registry accepts no writes since then. */
  unavailableSince: number | undefined = undefined;
  readonly unavailableReason = 'ECONNREFUSED';
  /** Delay of the event loop. */
  lagMs = 0;
  readonly sampler: DashboardSampler;

  constructor() {
    const { table, ejector } = this.discovery;
    const { traffic, policies, certificates } = this;
    this.discovery.check.passes = true;
    this.sampler = new DashboardSampler({
      gateway: {
        name: 'msa-gateway',
        environment: 'test',
        dataPlane: 'wire',
        store: 'memory',
        needsToken: false,
      },
      table,
      registry: this,
      policies,
      providers: () => this.providers,
      brokenContracts: () => this.brokenContracts,
      faults: () => this.faults,
      mirrors: () => this.mirrors,
      traffic: new TrafficSampler(traffic),
      routes: new RouteStates(table, policies, traffic),
      facts: new LiveInstanceFacts({ registry: this, table, ejector, certificates, isShared: false }),
      load: { lagMs: () => this.lagMs, memoryBytes: 1000 },
    });
  }

  /** Of the registry: what is stored. */
  all(): Promise<readonly StoredInstance[]> {
    return this.discovery.registry.all();
  }

  register(id: string, fields: { readonly name?: string; readonly ttlSeconds?: number } = {}) {
    return this.discovery.registry.register({
      name: 'users',
      url: 'http://127.0.0.1:9001',
      ttlSeconds: 3600,
      id,
      ...fields,
    });
  }

  /** Requests to an instance that have ended. */
  requests(count: number, id: string, fields: Parameters<typeof ended>[0] = {}, service = 'users'): void {
    for (let i = 0; i < count; i += 1) {
      const exchange = ended(fields);
      this.traffic.service(service).record(exchange);
      this.traffic.service(service).instance(id).record(exchange);
    }
  }

  /** Requests that the gateway responded to without an instance, with 503. */
  unserved(count: number, service = 'users'): void {
    for (let i = 0; i < count; i += 1) this.traffic.service(service).record(ended({ status: 503 }));
  }

  /** Requests that the gateway responded to without an instance, from the cache or with a refusal. */
  unreached(count: number, service = 'users'): void {
    for (let i = 0; i < count; i += 1) this.traffic.service(service).record(ended({ status: 200 }));
  }

  /** Passes time, with one sample per second. */
  async pass(seconds = 1): Promise<void> {
    for (let i = 0; i < seconds; i += 1) {
      await this.discovery.pass(1000);
      const now = this.discovery.clock.now();
      await this.sampler.sample(now, now);
    }
  }

  get state(): DashboardState {
    return this.sampler.state(this.discovery.clock.now());
  }

  /** The items, each as `KIND SUBJECT`. */
  get attention(): readonly string[] {
    return Object.keys(this.state.attention).sort();
  }

  item(key: string): AttentionItem | undefined {
    return this.state.attention[key];
  }
}
