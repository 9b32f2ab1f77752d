import { Socket, type OnReadOpts } from 'node:net';

/** The native handle of a socket. */
export interface Handle {
  readonly useUserBuffer: unknown;
}

/** Undocumented fields of Node's sockets, unchanged since its early versions. */
interface Inner {
  _handle: Partial<Handle> | null;
  _server: unknown;
  server: unknown;
}

/** The handle of `socket`, if it can be moved to another socket. */
export function handleOf(socket: Socket): Handle | undefined {
  const { _handle } = socket as unknown as Inner;
  return typeof _handle?.useUserBuffer === 'function' ? (_handle as Handle) : undefined;
}

/**
 * Moves the connection of `accepted` to a socket that reads through `onread`; Node offers this option for outgoing
 * connections only. `accepted` is unusable afterwards. If the internals of this Node version differ, `accepted` is
 * returned unchanged and emits `data` events.
 */
export function withOnread(accepted: Socket, onread: OnReadOpts): Socket {
  const handle = handleOf(accepted);
  if (!handle) return accepted;
  const shell = accepted as unknown as Inner;
  const options = { handle, onread, allowHalfOpen: accepted.allowHalfOpen };
  const socket = new Socket(options);
  const { _server, server } = shell;
  // The server uses these to count its connections.
  Object.assign(socket, { _server, server });
  Object.assign(shell, { _handle: null, _server: null, server: null });
  return socket;
}
