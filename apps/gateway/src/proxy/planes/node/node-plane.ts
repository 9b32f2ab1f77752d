import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { peerOf, type Peer } from '../../http1/rules/peer.js';
import type { TrustedProxies } from '../../http1/rules/trusted-proxies.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { TimerWheel } from '../../sockets/timer-wheel.js';
import type { RequestHead } from './head-check.js';
import { NodeExchange, type NodeContext } from './node-exchange.js';
import { responseOn } from './upgrade-response.js';

/** Dependencies of the data plane. */
export interface NodePlaneParts {
  readonly pipeline: Pipeline<NodeExchange>;
  readonly trusted: TrustedProxies;
  readonly isDraining: () => boolean;
  readonly wheel: TimerWheel;
  /** How long a client may leave a response unread, in milliseconds. */
  readonly idleMs: number;
}

/** How long a client may continue to send a body after the response has ended. */
const LINGER_MS = 10_000;

/** Converts node:http requests into exchanges and runs them through the pipeline. */
export class NodePlane {
  private readonly peers = new WeakMap<Socket, Peer>();
  private readonly upgraded = new Set<Socket>();

  constructor(private readonly parts: NodePlaneParts) {}

  request(
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    expectsContinue: boolean,
  ): void {
    const exchange = new NodeExchange(request, response, this.context(request, head), expectsContinue);
    if (exchange.hasBody) request.on('timeout', () => exchange.onSilence());
    response.on('timeout', () => exchange.onSilence());
    response.once('close', () => this.end(exchange));
    this.parts.pipeline.run(exchange, head.fault);
  }

  upgrade(request: IncomingMessage, socket: Socket, rest: Buffer, head: RequestHead): void {
    const facts = this.context(request, head, rest);
    const exchange = new NodeExchange(request, responseOn(socket, request), facts);
    this.upgraded.add(socket);
    // Without a listener, a reset by one client would end the process.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.upgraded.delete(socket);
      this.end(exchange);
    });
    this.parts.pipeline.run(exchange, head.fault);
  }

  /** Closes tunnels, which have no natural end. */
  closeTunnels(): void {
    for (const socket of this.upgraded) socket.destroySoon();
  }

  private end(exchange: NodeExchange): void {
    const { request } = exchange;
    exchange.closed();
    if (!exchange.isTunnel && hasLeft(exchange) && exchange.ending === 'completed')
      exchange.ending = 'client-left';
    this.parts.pipeline.end(exchange);
    if (!request.complete && !exchange.isUpgrade) linger(request);
  }

  private context(
    request: IncomingMessage,
    { target, host }: RequestHead,
    upgradeHead?: Buffer,
  ): NodeContext {
    const { trusted, isDraining, wheel, idleMs } = this.parts;
    const peer = this.peerOf(request.socket);
    return { target, host, peer, trusted, isDraining, wheel, idleMs, upgradeHead };
  }

  private peerOf(socket: Socket): Peer {
    let peer = this.peers.get(socket);
    if (!peer) {
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      this.peers.set(socket, (peer = peerOf(socket.remoteAddress ?? '', scheme, this.parts.trusted)));
    }
    return peer;
  }
}

/** Node also reports a response whose last write failed as finished. */
const hasLeft = ({ request, response }: NodeExchange): boolean =>
  !response.writableFinished || request.socket.errored !== null;

/**
 * Handles a response that ended before the request body. Closing at once would reset the connection and could discard
 * the response (RFC 9112, section 9.6), so the rest of the body is read and discarded for a limited time.
 */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  if (socket.destroyed) return;
  request.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  request.once('close', () => clearTimeout(timer));
}
