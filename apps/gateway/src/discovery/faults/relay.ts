import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** A listener on loopback between the gateway and an instance. */
export interface Relay {
  readonly port: number;
  /** Accepts no more connections. Those that are open go on without the fault. */
  end(): void;
}

/** Listens on a free port of loopback, without keeping the process alive. Returns the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
