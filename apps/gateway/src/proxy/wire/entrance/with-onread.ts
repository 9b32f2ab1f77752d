import { Socket, type OnReadOpts } from 'node:net';

/** The connection below a socket. */
export interface Handle {
  readonly useUserBuffer: unknown;
}

/** What Node's sockets are made of: not in its documentation, and the same from its beginnings to today. */
interface Inner {
  _handle: Partial<Handle> | null;
  _server: unknown;
  server: unknown;
}

/** The connection of `socket`, if it can be put into another one. */
export function handleOf(socket: Socket): Handle | undefined {
  const { _handle } = socket as unknown as Inner;
  return typeof _handle?.useUserBuffer === 'function' ? (_handle as Handle) : undefined;
}

/**
 * The connection of `accepted` as a socket that reads through `onread`, as one that was opened with this option does; a server has
 * no such option. `accepted` is an empty shell afterwards. Where Node is made otherwise, it is given back as it came, and
 * has `data` events alone.
 */
export function withOnread(accepted: Socket, onread: OnReadOpts): Socket {
  const handle = handleOf(accepted);
  if (!handle) return accepted;
  const shell = accepted as unknown as Inner;
  const options = { handle, onread, allowHalfOpen: accepted.allowHalfOpen };
  const socket = new Socket(options);
  const { _server, server } = shell;
  // The server counts its connections by these.
  Object.assign(socket, { _server, server });
  Object.assign(shell, { _handle: null, _server: null, server: null });
  return socket;
}
