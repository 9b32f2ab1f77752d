import type { InjectedFaults } from '../discovery/index.js';
import type { CreateAcceptor } from './planes/node/front-server.js';
import { NodePlane } from './planes/node/node-plane.js';
import type { NodeClient } from './planes/node/node-client.js';
import type { HttpExchange } from './planes/exchange/http-exchange.js';
import type { Exchange } from './exchange/exchange.js';
import type { SelectionObserver } from './balancing/candidates.js';
import { Forward, type Forwarders } from './forward/forward.js';
import { HttpForwarder } from './planes/exchange/http.forwarder.js';
import { LocalForwarder } from './planes/local/local.forwarder.js';
import type { InstanceReports } from './exchange/instance-reports.js';
import { Pipeline } from './pipeline/pipeline.js';
import type { Recorder } from './exchange/recorder.js';
import type { Router } from './routing/router.js';
import type { OwnedConnection, WirePlaneParts } from './planes/wire/client-owner.js';
import { WirePlane } from './planes/wire/wire-plane.js';
import { nodeInternals } from './sockets/node-internals.js';
import { retainRegistered } from './upstream/retain-registered.js';
import { UpstreamClient } from './upstream/upstream-client.js';

/** Responses that begin while the connections end may be event streams, too. */
const STREAM_SWEEP_MS = 250;

/** Dependencies of the data plane. */
export interface DataPlaneParts extends Omit<
  WirePlaneParts,
  'pipeline' | 'wheel' | 'handOver' | 'servesLocally'
> {
  readonly router: Router;
  readonly recorder: Recorder;
  readonly reports: InstanceReports;
  readonly faults: Pick<InjectedFaults, 'endpointOf' | 'onChange'>;
}

/** The wire and the node data plane, each with a pipeline for its kind of exchange, sharing one upstream client. */
export class DataPlane {
  readonly nodePlane: NodePlane;
  private readonly upstreams: UpstreamClient;
  private readonly stopSweeping: () => void;
  private readonly observable: Pick<Forward<never>, 'observeSelections'>[] = [];
  private streamSweep: NodeJS.Timeout | undefined;
  private observer: SelectionObserver | undefined = undefined;

  constructor(private readonly parts: DataPlaneParts) {
    const { services, trusted, isDraining, limits, faults } = parts;
    this.upstreams = new UpstreamClient(undefined, undefined, faults.endpointOf);
    faults.onChange((endpoint, isReset) => this.upstreams.renew(endpoint, isReset));
    this.stopSweeping = retainRegistered(services, this.upstreams);
    const { wheel } = this.upstreams;
    const http = new HttpForwarder(this.upstreams);
    const local = nodeInternals().replacesFields ? new LocalForwarder(wheel) : http;
    const pipeline = this.pipeline<HttpExchange<NodeClient>>({ http, local });
    this.nodePlane = new NodePlane({ ...limits, pipeline, trusted, isDraining, wheel });
  }

  /** Creates the wire data plane for a server that passes connections to it. */
  readonly openWire: CreateAcceptor = (handOver, isPublic) => {
    const { services, trusted, isDraining, limits, heartbeats, onError } = this.parts;
    const { wheel } = this.upstreams;
    const http = new HttpForwarder(this.upstreams);
    const { replacesFields, makesMessages } = nodeInternals();
    const servesLocally = replacesFields && makesMessages;
    // A local instance listens on a port too. Upgrades use it, and so does everything if Node lacks internals.
    const local = servesLocally ? new LocalForwarder(wheel, (...upgrade) => http.send(...upgrade)) : http;
    const pipeline = this.pipeline<HttpExchange<OwnedConnection>>({ http, local });
    return new WirePlane({
      pipeline,
      services,
      trusted,
      wheel,
      limits,
      isDraining,
      servesLocally,
      heartbeats: isPublic ? () => undefined : heartbeats,
      onError,
      handOver,
    });
  };

  /** Tells `observer` of each selection of an instance from now on; `undefined`: none. */
  observeSelections(observer: SelectionObserver | undefined): void {
    this.observer = observer;
    for (const forward of this.observable) forward.observeSelections(observer);
  }

  /** Ends event streams from now on, for a shutdown: they would delay it, and their clients connect to another gateway. */
  endEventStreams(): void {
    this.upstreams.endEventStreams();
    this.streamSweep ??= setInterval(() => this.upstreams.endEventStreams(), STREAM_SWEEP_MS).unref();
  }

  /** Closes upstream connections after the requests on them have ended. */
  async close(): Promise<void> {
    this.stopSweeping();
    clearInterval(this.streamSweep);
    await this.upstreams.close();
  }

  private pipeline<E extends Exchange>(forwarders: Forwarders<E>): Pipeline<E> {
    const { services, router, recorder, reports, onError } = this.parts;
    const forward = new Forward<E>({ services, forwarders, recorder, reports });
    this.observable.push(forward);
    if (this.observer) forward.observeSelections(this.observer);
    return new Pipeline<E>({
      router,
      forward,
      recorder,
      onError: (error, { requestId }) => onError(error, requestId),
    });
  }
}
