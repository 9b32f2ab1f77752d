import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import { answerHeaders } from '../../edge/answer-headers.js';
import type { AttemptOutcome } from '../forwarder.js';

/** A 101 of an instance, and the connection that it was sent on. Bytes that followed it wait in the socket. */
export interface SwitchedUpstream {
  readonly status: number;
  readonly raw: readonly string[];
  readonly socket: Duplex;
}

/** Sends the 101 on and joins the two connections until both directions have ended, or one breaks. */
export function openTunnel(
  exchange: NodeExchange,
  { status, raw, socket: upstream }: SwitchedUpstream,
  outcome: AttemptOutcome<NodeExchange>,
): void {
  const client = exchange.request.socket;
  exchange.response.detachSocket(client);
  client.setTimeout(0);
  exchange.status = status;
  outcome.tunnelled(exchange);
  client.write(headOf(exchange, status, raw), 'latin1');
  const { upgradeHead } = exchange.facts;
  if (upgradeHead && upgradeHead.length > 0) client.unshift(upgradeHead);
  upstream.on('data', (chunk: Buffer) => (exchange.bytesSent += chunk.length));
  upstream.pipe(client);
  client.pipe(upstream);
  const close = (): void => {
    client.destroy();
    upstream.destroy();
  };
  client.on('error', close).on('close', close);
  upstream.on('error', close).on('close', () => {
    // What the instance sent last is still on its way to the client.
    client.destroySoon();
    outcome.completed(exchange);
  });
}

function headOf(exchange: NodeExchange, status: number, raw: readonly string[]): string {
  const headers = answerHeaders(raw, exchange.answerFacts());
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: Upgrade\r\n`;
  for (let i = 0; i < raw.length; i += 2)
    if (raw[i]?.toLowerCase() === 'upgrade') head += `upgrade: ${raw[i + 1] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`;
  return `${head}\r\n`;
}
