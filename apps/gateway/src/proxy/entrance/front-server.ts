import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { FastifyServerFactory } from 'fastify';
import { methodNotSupported } from '../problems.js';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from '../wire/entrance/client-limits.js';
import { takeForward } from '../edge/max-forwards.js';
import { isProxied } from '../routing/target.js';
import { afterAnswers } from './after-answers.js';
import { declineUpgrade, mayTunnel } from './decline-upgrade.js';
import { checkHead, type RequestHead } from './head-check.js';
import type { NodeEntrance } from './node-entrance.js';
import { OwnTurns } from './own-turns.js';
import { answerProblem } from './problem-answer.js';
import { PromptServer, type ConnectionTaker, type HandOver } from './prompt-server.js';
import { QueuedResponses } from './queued-responses.js';
import { responseOn } from './upgrade-response.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  // Checked here, so that the answer is a problem document.
  requireHostHeader: false,
  // A whole request may take as long as it moves: uploads have no natural end.
  requestTimeout: 0,
  // Longer than the 60 s that nginx and most load balancers keep idle connections: they close first.
  keepAliveTimeout: 75_000,
  keepAlive: true,
  noDelay: true,
} as const;

/** Makes what takes connections before node:http does; `handOver` gives one to node:http. */
export type MakeTaker = (handOver: (connection: HandOver) => void) => ConnectionTaker;

/**
 * The listening server of the gateway. `/api` goes to the proxy past Nest and fastify; everything else is theirs. Made
 * before Nest is, which is why the entrance comes later.
 */
export class FrontServer {
  private entrance: NodeEntrance | undefined;
  private server: PromptServer | undefined;
  private readonly queued = new QueuedResponses();
  private readonly turns = new OwnTurns();

  constructor(private readonly limits: ClientLimits = DEFAULT_CLIENT_LIMITS) {}

  /**
   * Sends `/api` to `entrance`. To be called before the server listens.
   * @param makeTaker what takes connections first; without it node:http takes all of them
   */
  open(entrance: NodeEntrance, makeTaker?: MakeTaker): void {
    this.entrance = entrance;
    const { server } = this;
    if (server && makeTaker) server.taker = makeTaker((connection) => server.serveOn(connection));
  }

  readonly factory: FastifyServerFactory = (handler) => {
    const nest = handler;
    const server = new PromptServer(optionsFor(this.limits), (request, response) =>
      this.dispatch(request, response, nest, false),
    );
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.dispatch(request, response, nest, true),
    );
    // What is wrong with it is found with all else that may be wrong with a head.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.dispatch(request, response, nest, false),
    );
    server.on('upgrade', (request: IncomingMessage, socket: Socket, rest: Buffer) => {
      server.unguard(socket);
      afterAnswers(socket, () => this.upgrade(server, request, socket, rest));
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) =>
      afterAnswers(socket, () => refuseConnect(request, socket)),
    );
    // Counts silence, either way, while a message is under way; what it means is decided by the message.
    server.timeout = this.limits.idleMs;
    // node:http would drop what is beyond without a word; their size is limited as it is.
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
    if (isPipelined) this.turns.hurry(request.socket);
    const head = checkHead(request);
    const isForwarded = isProxied(head.target) && takeForward(request);
    if (this.entrance && isForwarded) this.entrance.request(request, response, head, expects);
    else if (head.fault) refuse(request, response, head.fault);
    else {
      this.server?.takeBackAfter(response);
      const begin = (): void => {
        // Whoever listens for the end of a request would hear nothing of one that came before.
        if (!request.socket.destroyed) serveByNest(request, response, head, { nest, expects });
      };
      if (isPipelined) begin();
      else this.turns.take(request.socket, begin);
    }
  }

  private upgrade(server: PromptServer, request: IncomingMessage, socket: Socket, rest: Buffer): void {
    const head = checkHead(request);
    server.release(socket);
    if (!this.entrance || !isProxied(head.target)) {
      // Nest's own gateways, where there are any, listen beside this.
      if (server.listenerCount('upgrade') === 1) declineUpgrade(server, request, socket, rest);
    } else if (mayTunnel(request)) this.entrance.upgrade(request, socket, rest, head);
    else declineUpgrade(server, request, socket, rest);
  }
}

const optionsFor = ({ headMs }: ClientLimits): ServerOptions => ({
  ...SERVER_OPTIONS,
  headersTimeout: headMs,
  connectionsCheckingInterval: headMs / 4,
});

/** What Nest is asked for. A request that may be forwarded no further asks about the gateway as a whole. */
const ownTarget = ({ target }: RequestHead): string => (isProxied(target) ? '*' : target);

function serveByNest(
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead,
  { nest, expects }: { nest: Handler; expects: boolean },
): void {
  request.url = ownTarget(head);
  // Of an absolute target the authority counts, whatever Host says (RFC 9112, section 3.2.2).
  if (request.headers.host !== undefined) request.headers.host = head.host;
  // A stream of events may be silent for long, a body that stops may not.
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
  answerProblem(response, problem, { path: request.url ?? '/', requestId: randomUUID(), close: false });
}

function refuseConnect(request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  refuse(
    request,
    responseOn(socket, request),
    methodNotSupported('this is a gateway, not a tunnel for CONNECT'),
  );
}
