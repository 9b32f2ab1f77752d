import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LiveServiceTable, type Instance } from '../../discovery/index.js';
import { TrafficMetrics } from '../../metrics/index.js';
import { TrustedProxies } from '../edge/trusted-proxies.js';
import { FrontServer } from '../entrance/front-server.js';
import { NodeEntrance } from '../entrance/node-entrance.js';
import type { NodeExchange } from '../entrance/node-exchange.js';
import { Forward } from '../forward.js';
import { HttpForwarder } from '../forwarding/http/http.forwarder.js';
import { LocalForwarder } from '../forwarding/local/local.forwarder.js';
import { NO_REPORTS } from '../instance-reports.js';
import { Pipeline } from '../pipeline.js';
import { DEFAULT_POLICY, type Policy, type Timeouts } from '../policy.js';
import { TrafficRecorder } from '../record/traffic.recorder.js';
import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import { setInstances } from './instances.js';

/** A listening proxy without Nest, whose policy a spec chooses. */
export class ProxyBench {
  readonly services = new LiveServiceTable();
  readonly traffic = new TrafficMetrics();
  isDraining = false;

  static async start(timeouts: Partial<Timeouts> = {}): Promise<ProxyBench> {
    const bench = new ProxyBench({
      ...DEFAULT_POLICY,
      timeouts: { ...DEFAULT_POLICY.timeouts, ...timeouts },
    });
    bench.server.listen(0, '127.0.0.1');
    await once(bench.server, 'listening');
    return bench;
  }

  private readonly http = new HttpForwarder(this.services);
  private readonly server: Server;

  private constructor(policy: Policy) {
    const front = new FrontServer({ headMs: 400, idleMs: policy.timeouts.idleMs });
    front.open(this.entranceFor(policy));
    this.server = front.factory((_request, response) => response.end('not proxied'), {});
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Puts these in the table, and nothing else. */
  hold(...instances: readonly Instance[]): void {
    setInstances(this.services, instances);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await this.http.close();
  }

  private entranceFor(policy: Policy): NodeEntrance {
    const { services } = this;
    const recorder = new TrafficRecorder(this.traffic, undefined);
    const forwarders = { http: this.http, local: new LocalForwarder() };
    const routes = new RouteTable(services, (service) => ({ ...compileRoute(service), policy }));
    const pipeline = new Pipeline<NodeExchange>({
      router: new Router(routes),
      forward: new Forward({ services, forwarders, recorder, reports: NO_REPORTS }),
      recorder,
      onError: (error) => {
        throw error;
      },
    });
    return new NodeEntrance({
      pipeline,
      trusted: new TrustedProxies(['127.0.0.0/8']),
      isDraining: () => this.isDraining,
    });
  }
}
