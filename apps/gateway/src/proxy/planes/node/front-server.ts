import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyServerFactory } from 'fastify';
import { Problem } from '#contracts';
import { MAX_HEAD_BYTES } from '../../http1/head/head-reader.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from '../../http1/client-limits.js';
import { malformedRequest, notPublic } from '../../exchange/problems.js';
import { decrementMaxForwards } from '../../http1/head/max-forwards.js';
import { isProxied } from '../../http1/rules/target.js';
import { nodeInternals } from '../../sockets/node-internals.js';
import { afterResponses } from './after-responses.js';
import { declineUpgrade } from './decline-upgrade.js';
import type { NodePlane } from './node-plane.js';
import { NestAdmission } from './nest-admission.js';
import { PromptServer, type ConnectionAcceptor, type HandOver } from '../listener/prompt-server.js';
import { asksToUpgrade, requestLine, type Refusal } from '../listener/request-guard.js';
import { QueuedResponses } from './queued-responses.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SERVER_OPTIONS = {
  // The listener has checked heads by its own limit; node counts differently.
  maxHeaderSize: 2 * MAX_HEAD_BYTES,
  insecureHTTPParser: false,
  requireHostHeader: false,
  // No limit for a whole request while data flows: uploads have no natural end.
  requestTimeout: 0,
  keepAlive: true,
  noDelay: true,
} as const;

/**
 * Creates the component that accepts connections before node:http.
 * @param handOver passes a connection to node:http
 * @param isPublic only requests under `/api` are served
 */
export type CreateAcceptor = (
  handOver: (connection: HandOver) => void,
  isPublic: boolean,
) => ConnectionAcceptor;

/** What the public listener serves beside `/api`, if operators have one of their own. */
const PUBLIC = /^\/health(?:\/(?:live|ready))?(?:\?|$)/;

/** Settings of a {@link FrontServer}. */
export interface FrontServerOptions {
  readonly limits?: ClientLimits;
  /** Operators and instances have a listener of their own, {@link FrontServer.admin}. */
  readonly hasAdmin?: boolean;
}

/**
 * The listening server of the gateway. Requests under `/api` go to the proxy, bypassing Nest and fastify; Nest
 * handles all others. It is created before Nest, so {@link open} sets the node plane later.
 */
export class FrontServer {
  private nodePlane: NodePlane | undefined;
  private server: PromptServer | undefined;
  /** The listener of operators, which serves everything; its creator listens and closes. */
  admin: PromptServer | undefined;
  private readonly limits: ClientLimits;
  private readonly hasAdmin: boolean;
  private readonly queued = new QueuedResponses();
  private readonly turns = new NestAdmission();

  constructor({ limits = DEFAULT_CLIENT_LIMITS, hasAdmin = false }: FrontServerOptions = {}) {
    this.limits = limits;
    this.hasAdmin = hasAdmin;
  }

  /**
   * Routes `/api` to `nodePlane`. Must be called before the server listens.
   * @param createAcceptor creates the component that accepts connections first; without it, node:http accepts all
   * connections
   */
  open(nodePlane: NodePlane, createAcceptor?: CreateAcceptor): void {
    this.nodePlane = nodePlane;
    for (const server of [this.server, this.admin])
      if (server && createAcceptor)
        server.acceptor = createAcceptor((connection) => server.serveOn(connection), this.isPublic(server));
  }

  readonly factory: FastifyServerFactory = (handler) => {
    // Throws before the server listens if Node lacks a required internal.
    nodeInternals();
    if (this.hasAdmin) this.admin = this.serverFor(handler);
    return (this.server = this.serverFor(handler));
  };

  /** Whether `server` serves clients only. */
  private isPublic(server: PromptServer): boolean {
    return this.hasAdmin && server !== this.admin;
  }

  private serverFor(nest: Handler): PromptServer {
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      this.dispatch(server, request, response, nest);
    const refuse = (socket: Socket, refusal: Refusal): void => this.refuse(server, socket, refusal);
    const server = new PromptServer(optionsFor(this.limits), serve, refuse, this.limits.lingerMs);
    server.on('checkContinue', serve);
    server.on('upgrade', (request: IncomingMessage, socket: Socket, rest: Buffer) => {
      const head = server.headOf(request);
      server.unguard(socket);
      if (head instanceof Problem) this.refuse(server, socket, { problem: head, head: requestLine(request) });
      else afterResponses(socket, () => this.upgrade(server, request, socket, { rest, head }));
    });
    // Counts silence in both directions while a message is in progress; the consequence depends on the message.
    server.timeout = this.limits.idleMs;
    // node:http would silently drop fields beyond the count; their total size is limited anyway.
    server.maxHeadersCount = 0;
    return server;
  }

  private dispatch(
    server: PromptServer,
    request: IncomingMessage,
    response: ServerResponse,
    nest: Handler,
  ): void {
    this.queued.watch(request.socket, response);
    const isPipelined = !response.socket;
    if (isPipelined) this.turns.admitNow(request.socket);
    const head = withoutUpgrade(server.headOf(request));
    if (head instanceof Problem) {
      this.nodePlane?.reject(request, response, head);
      return;
    }
    const isForwarded = isProxied(head.target) && decrementMaxForwards(head);
    if (this.nodePlane && isForwarded) this.nodePlane.request(request, response, head);
    else if (this.isPublic(server) && !isProxied(head.target) && !PUBLIC.test(head.target))
      this.nodePlane?.reject(request, response, notPublic('this port serves /api and /health alone'));
    else {
      server.reclaimAfter(response);
      const begin = (): void => {
        // A handler would not be notified of a request that has already ended.
        if (!request.socket.destroyed) serveByNest(request, response, head, nest);
      };
      if (isPipelined) begin();
      else this.turns.admit(request.socket, begin);
    }
  }

  private upgrade(
    server: PromptServer,
    request: IncomingMessage,
    socket: Socket,
    { rest, head }: { readonly rest: Buffer; readonly head: RequestHead },
  ): void {
    server.release(socket);
    if (!this.nodePlane || !isProxied(head.target)) {
      // With further `upgrade` listeners, Nest's own WebSocket gateways handle the request.
      if (server.listenerCount('upgrade') === 1) declineUpgrade(server, request, socket, rest);
    } else if (head.isUpgrade) this.nodePlane.upgrade(request, socket, rest, head);
    else declineUpgrade(server, request, socket, rest);
  }

  private refuse(server: PromptServer, socket: Socket, { problem, head }: Refusal): void {
    const { nodePlane } = this;
    if (nodePlane && head !== undefined)
      afterResponses(socket, () => nodePlane.refuse(socket, head, problem));
    else if (!nodePlane?.failBody(socket, problem)) server.emit('clientError', problem, socket);
  }
}

/**
 * The head of a request that node:http serves as an ordinary one. If the codec sees an upgrade in it, the two disagree
 * on what follows, and the request is refused.
 */
const withoutUpgrade = (head: RequestHead | Problem): RequestHead | Problem =>
  head instanceof Problem || !asksToUpgrade(head)
    ? head
    : malformedRequest('the Connection or Upgrade field is not valid');

const optionsFor = ({ headMs, keepAliveMs }: ClientLimits): ServerOptions => ({
  ...SERVER_OPTIONS,
  keepAliveTimeout: keepAliveMs,
  headersTimeout: headMs,
  connectionsCheckingInterval: headMs / 4,
});

/** The target that Nest serves. A request whose `Max-Forwards` is exhausted concerns the gateway as a whole. */
const ownTarget = ({ target }: RequestHead): string => (isProxied(target) ? '*' : target);

function serveByNest(
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead,
  nest: Handler,
): void {
  request.url = ownTarget(head);
  // The authority of an absolute target overrides `Host` (RFC 9112, section 3.2.2).
  if (head.host !== undefined) request.headers.host = head.host;
  // An event stream may be silent for long, a request body may not.
  request.once('timeout', () => request.socket.destroy());
  response.on('timeout', () => undefined);
  if (head.expectsContinue) response.writeContinue();
  nest(request, response);
}
