import { ServerResponse } from 'node:http';

type Then = (error?: Error) => void;

/**
 * Detaches a response from a local instance that is too late: another instance or the gateway responds on it, or has
 * done so. Every later call of the instance behaves as in node:http after the client has disconnected: it does
 * nothing and does not throw. Otherwise, setting a field after the head was sent would throw inside the service, and
 * an interim response, a trailer or a `destroy` would affect the response that the client gets. The gateway's own
 * calls bypass these methods.
 */
export function mute(response: ServerResponse): void {
  Object.assign(response, MUTED);
}

function itself<T>(this: T): T {
  return this;
}
const nothing = (): void => undefined;

/** Interim responses call back without an error, sent or not. */
function unsent(...args: unknown[]): void {
  (args.at(-1) as Then | undefined)?.();
}

function notifyClosed(args: unknown[]): void {
  const then = args.find((arg) => typeof arg === 'function') as Then | undefined;
  if (then)
    process.nextTick(then, new Error('the client received a response from another instance or disconnected'));
}

type Setting = 'setHeader' | 'setHeaders' | 'appendHeader' | 'removeHeader';

const settings = ServerResponse.prototype as unknown as Readonly<
  Record<Setting, (this: ServerResponse, ...args: unknown[]) => unknown>
>;

/** Fields may be set until the head is sent, as node's `writeHead` does; the final responder removes them. */
const untilSent = (name: Setting) =>
  function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    if (!this.headersSent) settings[name].apply(this, args);
    return this;
  };

const MUTED = {
  setHeader: untilSent('setHeader'),
  setHeaders: untilSent('setHeaders'),
  appendHeader: untilSent('appendHeader'),
  removeHeader: untilSent('removeHeader'),
  writeHead: itself,
  flushHeaders: nothing,
  addTrailers: nothing,
  writeContinue: unsent,
  writeProcessing: unsent,
  writeEarlyHints: unsent,
  destroy: itself,
  write: (...args: unknown[]): boolean => {
    notifyClosed(args);
    return false;
  },
  end(this: ServerResponse, ...args: unknown[]): ServerResponse {
    notifyClosed(args);
    return this;
  },
};
