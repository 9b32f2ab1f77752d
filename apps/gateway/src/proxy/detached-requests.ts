import type { LiveServiceTable } from '../discovery/index.js';
import type { DetachedRequest, SendDetached } from './exchange/detached.js';
import type { StageExchange } from './exchange/exchange-state.js';
import type { InstanceReports } from './exchange/instance-reports.js';
import type { Recorder } from './exchange/recorder.js';
import { routeOf, type Route } from './exchange/route.js';
import { Forward } from './forward/forward.js';
import { RequestHead } from './http1/head/request-head.js';
import { Pipeline } from './pipeline/pipeline.js';
import { DetachedClient } from './planes/exchange/detached-client.js';
import { HttpExchange } from './planes/exchange/http-exchange.js';
import { HttpForwarder } from './planes/exchange/http.forwarder.js';
import { retainRegistered } from './upstream/retain-registered.js';
import { UpstreamClient } from './upstream/upstream-client.js';

/** Maximum number of detached requests in progress, so that slow instances do not take all descriptors and memory. */
export const MAX_DETACHED = 256;

type DetachedExchange = HttpExchange<DetachedClient>;

/** Dependencies of detached requests. */
export interface DetachedParts {
  readonly services: LiveServiceTable;
  readonly reports: InstanceReports;
  readonly recorder: Pick<Recorder, 'attemptFailed'>;
  /** Called for unexpected errors. */
  readonly onError: (error: unknown, requestId: string) => void;
}

/**
 * Sends copies of clients' requests without a client, over connections of their own: an instance that does not respond
 * to them takes nothing from the requests of clients. Local instances are reached on their ports.
 */
export class DetachedRequests {
  private readonly upstreams = new UpstreamClient();
  private readonly running = new Set<DetachedExchange>();
  private readonly pipeline: Pipeline<DetachedExchange>;
  private readonly stopSweeping: () => void;
  private isClosed = false;

  constructor({ services, reports, recorder, onError }: DetachedParts) {
    this.stopSweeping = retainRegistered(services, this.upstreams);
    const http = new HttpForwarder(this.upstreams);
    const quiet: Recorder = {
      attemptFailed: (...failed) => recorder.attemptFailed(...failed),
      tunnelOpened: () => undefined,
      ended: () => undefined,
    };
    this.pipeline = new Pipeline({
      router: { match: routeOf },
      forward: new Forward({ services, reports, recorder: quiet, forwarders: { http, local: http } }),
      recorder: quiet,
      onError: (error, { requestId }) => onError(error, requestId),
    });
  }

  /** The number of requests in progress. */
  get inProgress(): number {
    return this.running.size;
  }

  readonly send: SendDetached = (original, request) => {
    if (!isProxied(original) || original.isUpgrade) return false;
    const route = request.route ?? original.route?.background;
    if (!route || this.isClosed || this.running.size >= MAX_DETACHED) return false;
    const copy = copyOf(original, route, request);
    copy.client.onEnd = () => this.end(copy, request.onEnd);
    // Not while its connection is being read.
    copy.client.onTooLong = () => setImmediate(() => this.breakOff(copy));
    request.prepare?.(copy);
    this.running.add(copy);
    this.pipeline.run(copy);
    return true;
  };

  /** Ends all requests in progress and sends no more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopSweeping();
    for (const each of this.running) this.breakOff(each);
    await this.upstreams.close();
  }

  private breakOff(copy: DetachedExchange): void {
    if (!this.running.has(copy)) return;
    copy.ending = 'broken';
    copy.cutOff();
  }

  private end(copy: DetachedExchange, onEnd: DetachedRequest['onEnd']): void {
    if (!this.running.delete(copy)) return;
    this.pipeline.end(copy);
    onEnd?.(copy);
  }
}

/** Whether the exchange has a client and a request head. Other ones exist in tests of stages only. */
const isProxied = (exchange: StageExchange): exchange is HttpExchange => exchange instanceof HttpExchange;

/** A request like `original`, with `body` in place of its own. */
function copyOf(
  original: HttpExchange,
  route: Route,
  { body, maxResponseBytes = Infinity }: DetachedRequest,
): DetachedExchange {
  const { requestId, clientAddress, upstreamTarget, identity, version, cohort } = original;
  const framing = { isChunked: false, contentLength: body?.length ?? -1, expectsContinue: false };
  const head = Object.assign(new RequestHead(original.head.text), original.head, framing);
  const client = new DetachedClient(original.client.peer, body?.length ?? 0, maxResponseBytes);
  const copy = new HttpExchange(client, head, requestId, clientAddress);
  copy.receiveFirst(body, true, '');
  return Object.assign(copy, { route, upstreamTarget, identity, version, cohort });
}
