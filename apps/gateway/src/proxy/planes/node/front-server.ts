import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { FastifyServerFactory } from 'fastify';
import { methodNotSupported } from '../../exchange/problems.js';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from '../../http1/client-limits.js';
import { decrementMaxForwards } from '../../http1/rules/max-forwards.js';
import { isProxied } from '../../http1/rules/target.js';
import { nodeInternals } from '../../sockets/node-internals.js';
import { afterResponses } from './after-responses.js';
import { declineUpgrade, mayTunnel } from './decline-upgrade.js';
import { checkHead, type RequestHead } from './head-check.js';
import type { NodePlane } from './node-plane.js';
import { NestAdmission } from './nest-admission.js';
import { sendProblem } from './problem-response.js';
import { PromptServer, type ConnectionAcceptor, type HandOver } from '../listener/prompt-server.js';
import { QueuedResponses } from './queued-responses.js';
import { responseOn } from './upgrade-response.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  // Checked by `checkHead`, so that the response is a problem document.
  requireHostHeader: false,
  // No limit for a whole request while data flows: uploads have no natural end.
  requestTimeout: 0,
  // Longer than the 60 s for which nginx and most load balancers keep idle connections, so that they close first.
  keepAliveTimeout: 75_000,
  keepAlive: true,
  noDelay: true,
} as const;

/** Creates the component that accepts connections before node:http; `handOver` passes a connection to node:http. */
export type CreateAcceptor = (handOver: (connection: HandOver) => void) => ConnectionAcceptor;

/**
 * The listening server of the gateway. Requests under `/api` go to the proxy, bypassing Nest and fastify; Nest
 * handles all others. It is created before Nest, so {@link open} sets the node plane later.
 */
export class FrontServer {
  private nodePlane: NodePlane | undefined;
  private server: PromptServer | undefined;
  private readonly queued = new QueuedResponses();
  private readonly turns = new NestAdmission();

  constructor(private readonly limits: ClientLimits = DEFAULT_CLIENT_LIMITS) {}

  /**
   * Routes `/api` to `nodePlane`. Must be called before the server listens.
   * @param createAcceptor creates the component that accepts connections first; without it, node:http accepts all
   * connections
   */
  open(nodePlane: NodePlane, createAcceptor?: CreateAcceptor): void {
    this.nodePlane = nodePlane;
    const { server } = this;
    if (server && createAcceptor)
      server.acceptor = createAcceptor((connection) => server.serveOn(connection));
  }

  readonly factory: FastifyServerFactory = (handler) => {
    // Throws before the server listens if Node lacks a required internal.
    nodeInternals();
    const nest = handler;
    const server = new PromptServer(optionsFor(this.limits), (request, response) =>
      this.dispatch(request, response, nest, false),
    );
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.dispatch(request, response, nest, true),
    );
    // `checkHead` reports an invalid expectation with the other faults of a head.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.dispatch(request, response, nest, false),
    );
    server.on('upgrade', (request: IncomingMessage, socket: Socket, rest: Buffer) => {
      server.unguard(socket);
      afterResponses(socket, () => this.upgrade(server, request, socket, rest));
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) =>
      afterResponses(socket, () => refuseConnect(request, socket)),
    );
    // Counts silence in both directions while a message is in progress; the consequence depends on the message.
    server.timeout = this.limits.idleMs;
    // node:http would silently drop fields beyond the count; their total size is limited anyway.
    server.maxHeadersCount = 0;
    this.server = server;
    return server;
  };

  private dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    nest: Handler,
    expects: boolean,
  ): void {
    this.queued.watch(request.socket, response);
    const isPipelined = !response.socket;
    if (isPipelined) this.turns.admitNow(request.socket);
    const head = checkHead(request);
    const isForwarded = isProxied(head.target) && decrementMaxForwards(request);
    if (this.nodePlane && isForwarded) this.nodePlane.request(request, response, head, expects);
    else if (head.fault) refuse(request, response, head.fault);
    else {
      this.server?.reclaimAfter(response);
      const begin = (): void => {
        // A handler would not be notified of a request that has already ended.
        if (!request.socket.destroyed) serveByNest(request, response, head, { nest, expects });
      };
      if (isPipelined) begin();
      else this.turns.admit(request.socket, begin);
    }
  }

  private upgrade(server: PromptServer, request: IncomingMessage, socket: Socket, rest: Buffer): void {
    const head = checkHead(request);
    server.release(socket);
    if (!this.nodePlane || !isProxied(head.target)) {
      // With further `upgrade` listeners, Nest's own WebSocket gateways handle the request.
      if (server.listenerCount('upgrade') === 1) declineUpgrade(server, request, socket, rest);
    } else if (mayTunnel(request)) this.nodePlane.upgrade(request, socket, rest, head);
    else declineUpgrade(server, request, socket, rest);
  }
}

const optionsFor = ({ headMs }: ClientLimits): ServerOptions => ({
  ...SERVER_OPTIONS,
  headersTimeout: headMs,
  connectionsCheckingInterval: headMs / 4,
});

/** The target that Nest serves. A request whose `Max-Forwards` is exhausted concerns the gateway as a whole. */
const ownTarget = ({ target }: RequestHead): string => (isProxied(target) ? '*' : target);

function serveByNest(
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead,
  { nest, expects }: { nest: Handler; expects: boolean },
): void {
  request.url = ownTarget(head);
  // The authority of an absolute target overrides `Host` (RFC 9112, section 3.2.2).
  if (request.headers.host !== undefined) request.headers.host = head.host;
  // An event stream may be silent for long, a request body may not.
  request.once('timeout', () => request.socket.destroy());
  response.on('timeout', () => undefined);
  if (expects) response.writeContinue();
  nest(request, response);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  problem: RequestHead['fault'] & object,
): void {
  sendProblem(response, problem, { path: request.url ?? '/', requestId: randomUUID(), close: false });
}

function refuseConnect(request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  refuse(request, responseOn(socket, request), methodNotSupported('the gateway does not support CONNECT'));
}
