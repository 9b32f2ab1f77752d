import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A tunnel may be idle for hours; only TCP keep-alive then detects a peer whose host or network is gone. */
const KEEP_ALIVE_MS = 30_000;

/** One end of a tunnel. */
export interface TunnelEnd {
  readonly socket: Duplex;
  /** Bytes that were received before the tunnel was joined. */
  readonly first: Buffer | undefined;
}

/** Receives the events of a tunnel. */
export interface TunnelListener {
  onResponseBytes(count: number): void;
  /** The upstream connection has closed. */
  onEnd(): void;
}

/** Joins two connections until both directions have ended or one connection breaks. Directions end separately. */
export function joinTunnel(client: TunnelEnd, upstream: TunnelEnd, listener: TunnelListener): void {
  const close = (): void => {
    client.socket.destroy();
    upstream.socket.destroy();
  };
  client.socket.on('error', close).on('close', close);
  upstream.socket.on('error', close).on('close', () => {
    // The last bytes of the instance may still be queued for the client.
    destroySoon(client.socket);
    listener.onEnd();
  });
  keepAlive(client.socket);
  keepAlive(upstream.socket);
  unshiftFirst(client);
  unshiftFirst(upstream);
  upstream.socket.on('data', (chunk: Buffer) => listener.onResponseBytes(chunk.length));
  upstream.socket.pipe(client.socket);
  client.socket.pipe(upstream.socket);
}

/** Enables TCP keep-alive (RFC 9293, section 3.8.4), so that the system detects a dead peer. */
export function keepAlive(socket: Duplex): void {
  if ('setKeepAlive' in socket) (socket as Socket).setKeepAlive(true, KEEP_ALIVE_MS);
}

function unshiftFirst({ socket, first }: TunnelEnd): void {
  if (first && first.length > 0) socket.unshift(first);
}

function destroySoon(socket: Duplex): void {
  if ('destroySoon' in socket) (socket as Duplex & { destroySoon(): void }).destroySoon();
  else socket.destroy();
}
