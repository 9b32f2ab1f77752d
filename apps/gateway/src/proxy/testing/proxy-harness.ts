import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PurgeSelector } from '../../cache/purges/purge-selector.js';
import { ResponseCache } from '../../cache/response-cache.js';
import { LiveServiceTable, type Instance } from '../../discovery/index.js';
import { TrafficMetrics } from '../../telemetry/metrics/index.js';
import { DataPlane } from '../data-plane.js';
import { DetachedRequests } from '../detached-requests.js';
import { TrustedProxies } from '../http1/rules/peer.js';
import { FrontServer } from '../planes/node/front-server.js';
import type { StageFactory } from '../extension/stage-api.js';
import type { Stage } from '../exchange/stage.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { DEFAULT_POLICY, type Policy, type Timeouts } from '../../policy/policy.js';
import { Mirrors } from '../stages/mirror/mirrors.js';
import { TrafficRecorder } from '../traffic.recorder.js';
import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from '../http1/client-limits.js';
import { setInstances } from './instances.js';
import { SharedResponsesStub } from './shared-responses-stub.js';

const CACHE_BYTES = 1024 ** 2;

type PlaneKind = 'wire' | 'node';

interface AddedStages {
  readonly stages: readonly Stage[];
  readonly factories: readonly StageFactory[];
}

/** A listening proxy without Nest, with a policy chosen by a spec. */
export class ProxyHarness {
  readonly services = new LiveServiceTable();
  readonly traffic = new TrafficMetrics();
  /** What other gateways have stored; away unless a spec makes it available. */
  readonly tier = new SharedResponsesStub();
  readonly cache = new ResponseCache(CACHE_BYTES, this.tier);
  /** Whether purges of other gateways are received. */
  hearsPurges = true;
  /** Purges for other gateways. */
  readonly purged: PurgeSelector[] = [];
  isDraining = false;
  /** What stages threw. */
  readonly stageErrors: unknown[] = [];

  /**
   * @param declared members of the policy that differ from the default, except time-outs
   * @param stages further stages of every route
   * @param factories further stages of routes whose policy has settings for them
   */
  static async start(
    timeouts: Partial<Timeouts> = {},
    kind: PlaneKind = 'wire',
    declared: Partial<Policy> = {},
    stages: readonly Stage[] = [],
    factories: readonly StageFactory[] = [],
  ): Promise<ProxyHarness> {
    const policy = {
      ...DEFAULT_POLICY,
      ...declared,
      timeouts: { ...DEFAULT_POLICY.timeouts, ...timeouts },
    };
    const harness = new ProxyHarness(policy, kind, { stages, factories });
    harness.server.listen(0, '127.0.0.1');
    await once(harness.server, 'listening');
    return harness;
  }

  readonly detached = this.detachedRequests();
  readonly mirrored = this.detachedRequests();
  readonly mirrors = new Mirrors(this.mirrored.send, (service, route) =>
    this.traffic.service(service).mirror(route),
  );
  private readonly plane: DataPlane;
  private readonly server: Server;

  private constructor(policy: Policy, kind: PlaneKind, added: AddedStages) {
    const limits = { ...DEFAULT_CLIENT_LIMITS, headMs: 400, idleMs: policy.timeouts.idleMs };
    const front = new FrontServer({ limits });
    this.plane = this.planeFor(policy, limits, added);
    this.server = front.factory((_request, response) => response.end('not proxied'), {});
    front.open(this.plane.nodePlane, kind === 'wire' ? this.plane.openWire : undefined);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Replaces the instances in the service table. */
  setInstances(...instances: readonly Instance[]): void {
    setInstances(this.services, instances);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await Promise.all([this.detached.close(), this.mirrored.close()]);
    await this.plane.close();
  }

  private detachedRequests(): DetachedRequests {
    return new DetachedRequests({
      services: this.services,
      reports: NO_REPORTS,
      recorder: new TrafficRecorder(this.traffic),
      onError: (error) => void this.stageErrors.push(error),
    });
  }

  private planeFor(policy: Policy, limits: ClientLimits, added: AddedStages): DataPlane {
    const { services } = this;
    const onStageError = (error: unknown): void => void this.stageErrors.push(error);
    const routes = new RouteTable(services, (service) =>
      compileRoute(service, policy, {
        ...added,
        cache: () => this.cache,
        purges: {
          isTrusted: () => this.hearsPurges,
          invalidate: (selector) => {
            this.purged.push(selector);
            this.cache.purge(selector);
          },
        },
        onStageError,
        sendDetached: this.detached.send,
        mirrors: this.mirrors,
        availableOf: (name) => services.current.get(name)?.availableByVersion ?? [],
      }),
    );
    return new DataPlane({
      services,
      router: new Router(routes),
      recorder: new TrafficRecorder(this.traffic),
      reports: NO_REPORTS,
      faults: { endpointOf: (endpoint) => endpoint, onChange: () => undefined },
      trusted: new TrustedProxies(['127.0.0.0/8']),
      limits,
      isDraining: () => this.isDraining,
      heartbeats: () => undefined,
      onError: (error) => {
        if (added.stages.length + added.factories.length === 0) throw error;
        onStageError(error);
      },
    });
  }
}
