import type { Socket } from 'node:net';
import type { Instance } from '../../../discovery/index.js';
import { VIA_NAME } from '../../edge/request-headers.js';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import type { AttemptOutcome } from '../forwarder.js';
import { keepAlive } from '../../wire/tunnel.js';
import { presentAs } from './local-request.js';

const STATUS_LINE = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n/;
const SWITCHING_PROTOCOLS = 101;

/** Hands the client's socket to a service in this process, which answers on it with a 101 or a refusal. */
export function upgradeLocally(
  exchange: NodeExchange,
  { target, url }: Instance,
  outcome: AttemptOutcome<NodeExchange>,
): void {
  const { request, response, upstreamTarget } = exchange;
  const socket = request.socket;
  const protocol = exchange.header('upgrade') ?? '';
  const own = ['host', url.slice(url.indexOf('//') + 2), 'connection', 'upgrade', 'upgrade', protocol];
  presentAs(request, upstreamTarget, [...own, ...exchange.instanceHeaders()]);
  response.detachSocket(socket);
  socket.setTimeout(0);
  onFirstWrite(socket, (chunk) => markAnswer(chunk, exchange, outcome));
  target?.upgrade(request, socket, exchange.facts.upgradeHead ?? Buffer.alloc(0));
}

/** Lets `change` see and replace the first thing that is written to `socket`. */
function onFirstWrite(socket: Socket, change: (chunk: unknown) => unknown): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
  const restore = (): void => {
    Object.assign(socket, { write, end });
  };
  Object.assign(socket, {
    write: (chunk: unknown, ...rest: unknown[]) => (restore(), write(change(chunk), ...rest)),
    end: (chunk: unknown, ...rest: unknown[]) => (restore(), end(change(chunk), ...rest)),
  });
}

/** Notes the status of the answer's head and adds to it what every answer carries. */
function markAnswer(chunk: unknown, exchange: NodeExchange, outcome: AttemptOutcome<NodeExchange>): unknown {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return chunk;
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
  const line = STATUS_LINE.exec(text);
  if (!line) return chunk;
  exchange.status = Number(line[1]);
  if (exchange.status === SWITCHING_PROTOCOLS) {
    keepAlive(exchange.request.socket);
    outcome.tunnelled(exchange);
  }
  const own = `${line[0]}x-request-id: ${exchange.requestId}\r\nvia: 1.1 ${VIA_NAME}\r\n`;
  return Buffer.from(own + text.slice(line[0].length).replace(/^x-request-id:.*\r\n/im, ''), 'latin1');
}
