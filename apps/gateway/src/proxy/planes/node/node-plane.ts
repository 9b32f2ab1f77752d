import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from '#contracts';
import { requestIdFrom } from '#service-kit';
import { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import { lineOf } from '../../http1/head/parse-request-head.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { clientAddressOf, peerOf, type TrustedProxies } from '../../http1/rules/peer.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { HttpExchange } from '../exchange/http-exchange.js';
import { requestLine } from '../listener/request-guard.js';
import { NodeClient, type NodeClientParts, type NodeConnection } from './node-client.js';
import { responseOn } from './upgrade-response.js';

type NodeExchange = HttpExchange<NodeClient>;

/** Dependencies of the data plane. */
export interface NodePlaneParts extends NodeClientParts {
  readonly pipeline: Pipeline<NodeExchange>;
  readonly trusted: TrustedProxies;
  /** How long a client may continue to send a body after the response has ended, in milliseconds. */
  readonly lingerMs: number;
}

/** Converts node:http requests into exchanges and runs them through the pipeline. */
export class NodePlane {
  private readonly connections = new WeakMap<Socket, NodeConnection>();
  /** The exchange whose request body a connection carries. */
  private readonly sending = new WeakMap<Socket, NodeExchange>();
  private readonly upgraded = new Set<Socket>();

  constructor(private readonly parts: NodePlaneParts) {}

  request(request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    const exchange = this.exchangeOf(request, response, head);
    if (head.hasBody) this.sending.set(request.socket, exchange);
    response.once('close', () => this.end(exchange));
    this.parts.pipeline.run(exchange);
  }

  /** Responds to a request whose head is invalid; its body is discarded. */
  reject(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
    const exchange = this.exchangeOf(request, response, lineOf(requestLine(request)));
    exchange.keepsAlive = false;
    response.once('close', () => this.end(exchange));
    this.parts.pipeline.run(exchange, problem);
  }

  upgrade(request: IncomingMessage, socket: Socket, rest: Buffer, head: RequestHead): void {
    this.upgraded.add(socket);
    socket.once('close', () => this.upgraded.delete(socket));
    this.serveDetached(
      this.exchangeOf(request, responseOn(socket, request, this.parts.lingerMs), head, rest),
    );
  }

  /** Responds to an invalid request on `socket`; nothing is read after it. @param text its head, as far as known */
  refuse(socket: Socket, text: string, problem: Problem): void {
    const head = lineOf(text);
    const request = Object.assign(new IncomingMessage(socket), { method: head.method, complete: true });
    this.serveDetached(
      this.exchangeOf(request, responseOn(socket, request, this.parts.lingerMs), head),
      problem,
    );
  }

  /** The body of the current request on `socket` is invalid. Returns `false` if the request is not an exchange. */
  failBody(socket: Socket, problem: Problem): boolean {
    const exchange = this.sending.get(socket);
    if (!exchange || exchange.client.request.complete) return false;
    // After the response, the rest of the body is only read to find the next request.
    if (exchange.isOver) socket.destroy();
    else exchange.failBody(problem);
    return true;
  }

  /** Closes tunnels, which have no natural end. */
  closeTunnels(): void {
    for (const socket of this.upgraded) socket.destroySoon();
  }

  /** Runs an exchange on a socket that node:http does not read any more. */
  private serveDetached(exchange: NodeExchange, problem?: Problem): void {
    const { socket } = exchange.client.request;
    // Without a listener, a reset by one client would end the process.
    socket.on('error', () => socket.destroy());
    const end = (): void => this.end(exchange);
    exchange.client.response.once('finish', end);
    socket.once('close', end);
    this.parts.pipeline.run(exchange, problem);
  }

  private exchangeOf(
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    upgradeHead?: Buffer,
  ): NodeExchange {
    const connection = this.connectionOf(request.socket);
    const client = new NodeClient(request, response, head, connection, this.parts, upgradeHead);
    const address = clientAddressOf(connection.peer, head.forwardedFor, this.parts.trusted);
    const exchange = new HttpExchange(client, head, requestIdFrom(head.requestId), address);
    client.begin(exchange);
    return exchange;
  }

  private end(exchange: NodeExchange): void {
    const { client } = exchange;
    client.end();
    if (!exchange.isTunnel && hasLeft(client) && exchange.ending === 'completed')
      exchange.ending = 'client-left';
    this.parts.pipeline.end(exchange);
    if (!client.request.complete && !exchange.isUpgrade) linger(client.request, this.parts.lingerMs);
  }

  private connectionOf(socket: Socket): NodeConnection {
    let connection = this.connections.get(socket);
    if (!connection) {
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      const peer = peerOf(socket.remoteAddress ?? '', scheme, this.parts.trusted);
      this.connections.set(socket, (connection = { peer, forwarding: new ForwardingLines(peer) }));
    }
    return connection;
  }
}

/** Node also reports a response whose last write failed as finished. */
const hasLeft = ({ request, response }: NodeClient): boolean =>
  !response.writableFinished || request.socket.errored !== null;

/**
 * Handles a response that ended before the request body. Closing at once would reset the connection and could discard
 * the response (RFC 9112, section 9.6), so the rest of the body is read and discarded for a limited time.
 */
function linger(request: IncomingMessage, ms: number): void {
  const { socket } = request;
  if (socket.destroyed) return;
  request.resume();
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  request.once('close', () => clearTimeout(timer));
}
