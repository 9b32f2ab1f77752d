import { ServerResponse } from 'node:http';

type Then = (error?: Error) => void;

/**
 * Takes a response away from a service that was handed it and is too late: somebody else answers on it, or has. Whatever the service
 * calls from now on does what it does in node:http when the client has left: nothing, and it does not throw. Without this a
 * field that is set after the head went out would throw inside of the service, and an interim answer, a trailer or a `destroy` would
 * reach into the answer that the client gets. The gateway's own calls go past these methods.
 */
export function mute(response: ServerResponse): void {
  Object.assign(response, MUTED);
}

function itself<T>(this: T): T {
  return this;
}
const nothing = (): void => undefined;

/** Interim answers call back without an error, sent or not. */
function unsent(...args: unknown[]): void {
  (args.at(-1) as Then | undefined)?.();
}

function tellGone(args: unknown[]): void {
  const then = args.find((arg) => typeof arg === 'function') as Then | undefined;
  if (then) process.nextTick(then, new Error('the client has its answer from another instance, or is gone'));
}

type Setting = 'setHeader' | 'setHeaders' | 'appendHeader' | 'removeHeader';

const settings = ServerResponse.prototype as unknown as Readonly<
  Record<Setting, (this: ServerResponse, ...args: unknown[]) => unknown>
>;

/** Until the head is out fields may be set, as node's own `writeHead` does too; whoever answers takes those off that were there. */
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
    tellGone(args);
    return false;
  },
  end(this: ServerResponse, ...args: unknown[]): ServerResponse {
    tellGone(args);
    return this;
  },
};
