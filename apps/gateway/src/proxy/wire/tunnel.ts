import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A tunnel may be silent for hours, so that nothing else would tell of a peer whose machine or network is gone. */
const KEEP_ALIVE_MS = 30_000;

/** One end of a tunnel. */
export interface TunnelEnd {
  readonly socket: Duplex;
  /** Bytes that came on it before the tunnel stood. */
  readonly first: Buffer | undefined;
}

/** Hears of a tunnel. */
export interface TunnelListener {
  onAnswerBytes(count: number): void;
  /** The instance's side has closed. */
  onEnd(): void;
}

/** Joins two connections until both directions have ended, or one breaks. Each direction ends by itself. */
export function joinTunnel(client: TunnelEnd, upstream: TunnelEnd, listener: TunnelListener): void {
  const close = (): void => {
    client.socket.destroy();
    upstream.socket.destroy();
  };
  client.socket.on('error', close).on('close', close);
  upstream.socket.on('error', close).on('close', () => {
    // What the instance sent last is still on its way to the client.
    destroySoon(client.socket);
    listener.onEnd();
  });
  keepAlive(client.socket);
  keepAlive(upstream.socket);
  putBack(client);
  putBack(upstream);
  upstream.socket.on('data', (chunk: Buffer) => listener.onAnswerBytes(chunk.length));
  upstream.socket.pipe(client.socket);
  client.socket.pipe(upstream.socket);
}

/** Has the system ask now and then whether the other end is still there (TCP keep-alive, RFC 9293, section 3.8.4). */
export function keepAlive(socket: Duplex): void {
  if ('setKeepAlive' in socket) (socket as Socket).setKeepAlive(true, KEEP_ALIVE_MS);
}

function putBack({ socket, first }: TunnelEnd): void {
  if (first && first.length > 0) socket.unshift(first);
}

function destroySoon(socket: Duplex): void {
  if ('destroySoon' in socket) (socket as Duplex & { destroySoon(): void }).destroySoon();
  else socket.destroy();
}
