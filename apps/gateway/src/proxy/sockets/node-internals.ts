import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket, type OnReadOpts } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * The undocumented parts of Node that the proxy uses, in one place. {@link nodeInternals} looks for each of them once:
 * without a required one the gateway does not start; for every other one there is a public fallback.
 */
export interface NodeInternals {
  /** A connection can move to a socket with a user buffer. Fallback: it stays, and emits `data` events. */
  readonly movesHandles: boolean;
  /** `_write` accepts bytes past the stream. Fallback: `write`, which costs several times as much. */
  readonly writesPastStream: boolean;
  /** Progress within a large write is visible. Fallback: only whole writes count as progress. */
  readonly countsUnsentBytes: boolean;
  /** A reset shows without another write. Fallback: it shows with the next one. */
  readonly showsResets: boolean;
  /** node:http serves half-closed clients. Fallback: it closes their connections. */
  readonly servesHalfClosed: boolean;
  /** The field list of a received request can be replaced. Fallback: local instances are reached on their ports. */
  readonly replacesFields: boolean;
  /** The messages of node:http work without its server. Fallback: node:http reads requests to local instances. */
  readonly makesMessages: boolean;
  /** The fallbacks in use, for the log. */
  readonly fallbacks: readonly string[];
}

type Optional = Exclude<keyof NodeInternals, 'fallbacks'>;

/** Objects of Node in which {@link examine} looks for internals. */
export interface Probes {
  readonly server: Server;
  /** A stream that `server` serves. */
  readonly served: Duplex;
  /** A socket that has started to connect, and so has a handle. */
  readonly socket: Socket;
  readonly request: IncomingMessage;
  /** A socket that a response is assigned to. */
  readonly responding: Socket;
}

const OPTIONAL: Readonly<Record<Optional, (probes: Probes) => boolean>> = {
  movesHandles: ({ socket }) => handleOf(socket) !== undefined,
  writesPastStream: ({ socket }) => typeof socket._write === 'function',
  countsUnsentBytes: ({ socket }) => typeof inner(socket)._handle?.writeQueueSize === 'number',
  showsResets: ({ socket }) => typeof inner(socket)._handle?.getpeername === 'function',
  servesHalfClosed: ({ server }) => 'httpAllowHalfOpen' in server,
  replacesFields: ({ request }) => headersCountOf(request) !== undefined && isReplaceable(request),
  makesMessages: ({ request }) => takesTrailers(request) && canEnd(new ServerResponse(request)),
};

const REQUIRED: Readonly<Record<string, (probes: Probes) => boolean>> = {
  'the connection listener of node:http': ({ server }) => server.listenerCount('connection') === 1,
  'the data listener of node:http': ({ served }) => served.listenerCount('data') === 1,
  '_httpMessage of a socket': ({ responding }) => responseInProgress(responding) !== undefined,
};

/** @throws Error that names the required internals that are missing */
export function examine(probes: Probes): NodeInternals {
  const missing = Object.keys(REQUIRED).filter((name) => !REQUIRED[name]?.(probes));
  if (missing.length > 0)
    throw new Error(`this version of Node (${process.version}) lacks internals: ${missing.join(', ')}`);
  const names = Object.keys(OPTIONAL) as Optional[];
  const has = (name: Optional): boolean => OPTIONAL[name](probes);
  const found = Object.fromEntries(names.map((name) => [name, has(name)])) as Record<Optional, boolean>;
  return { ...found, fallbacks: names.filter((name) => !found[name]) };
}

let examined: NodeInternals | undefined;

/** The internals of this process. @throws Error, see {@link examine} */
export const nodeInternals = (): NodeInternals => (examined ??= withProbes(examine));

/** Calls `use` with objects of Node that are not connected to anything. */
export function withProbes<T>(use: (probes: Probes) => T): T {
  const server = new Server();
  const served = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  // Connecting begins in the next turn, which this socket does not live to see.
  const socket = new Socket().connect(1, '127.0.0.1');
  const responding = new Socket();
  const request = new IncomingMessage(responding);
  new ServerResponse(request).assignSocket(responding);
  try {
    server.emit('connection', served);
    return use({ server, served, socket, request, responding });
  } finally {
    for (const stream of [served, socket, responding]) stream.destroy();
  }
}

/** The native handle of a socket. */
export interface Handle {
  readonly useUserBuffer: unknown;
  readonly writeQueueSize: number;
  /** Returns a negative error number if the connection has no peer. */
  readonly getpeername: (into: object) => number;
}

interface InnerSocket {
  _handle?: Partial<Handle> | null;
  _server?: unknown;
  server?: unknown;
  readonly _httpMessage?: ServerResponse | null;
}

const inner = (socket: Duplex): InnerSocket => socket as unknown as InnerSocket;

/** The handle of `socket`, if it can be moved to another socket. */
export function handleOf(socket: Socket): Handle | undefined {
  const { _handle } = inner(socket);
  return typeof _handle?.useUserBuffer === 'function' ? (_handle as Handle) : undefined;
}

/**
 * Moves the connection of `accepted` to a socket that reads through `onread`; Node offers this option for outgoing
 * connections only. `accepted` is unusable afterwards. Returns `accepted` unchanged if its handle cannot move.
 */
export function withOnread(accepted: Socket, onread: OnReadOpts): Socket {
  const handle = handleOf(accepted);
  if (!handle) return accepted;
  const shell = inner(accepted);
  const options = { handle, onread, allowHalfOpen: accepted.allowHalfOpen };
  const socket = new Socket(options);
  const { _server, server } = shell;
  // The server uses these to count its connections.
  Object.assign(socket, { _server, server });
  Object.assign(shell, { _handle: null, _server: null, server: null });
  return socket;
}

/** The number of written bytes that the system has not taken yet. */
export const unsentBytes = (socket: Socket): number =>
  inner(socket)._handle?.writeQueueSize ?? socket.writableLength;

/**
 * Whether the peer of `socket` has reset the connection. After its half-close the system reads no more, so that a reset
 * shows only in that the connection has no peer.
 */
export const isReset = (socket: Socket): boolean => (inner(socket)._handle?.getpeername?.({}) ?? 0) < 0;

/** The response that currently uses a socket of node:http. */
export const responseInProgress = (socket: Duplex): ServerResponse | undefined =>
  inner(socket)._httpMessage ?? undefined;

type ConnectionListener = (this: Server, socket: Duplex) => void;

/** Removes the listener by which `server` serves new connections, and returns it. */
export function removeConnectionListener(server: Server): ConnectionListener {
  const [listener] = server.listeners('connection') as [ConnectionListener];
  server.off('connection', listener);
  return listener;
}

export type DataListener = (this: Socket, bytes: Buffer) => void;

/** The listener by which node:http reads `socket`. */
export const dataListenerOf = (socket: Socket): DataListener =>
  (socket.listeners('data') as [DataListener])[0];

/**
 * Calls `close` instead when node:http closes `socket` after its last response, which it does by `destroySoon`: it
 * writes what is queued and closes without reading on.
 */
export function replaceClose(socket: Socket, close: () => void): void {
  socket.destroySoon = close;
}

/** Lets `server` serve clients that half-close after their last request. */
export function serveHalfClosed(server: Server): void {
  Object.assign(server, { httpAllowHalfOpen: true });
}

/** Number of `rawHeaders` entries that node reads to build `headers` and `headersDistinct`; only its parser sets it. */
const headersCountOf = (request: IncomingMessage): symbol | undefined =>
  Object.getOwnPropertySymbols(request).find(({ description }) => description === 'kHeadersCount');

const HEADERS_COUNT = headersCountOf(new IncomingMessage(new Socket()));

/** Whether node reads replaced fields, and none of the earlier ones. */
function isReplaceable(request: IncomingMessage): boolean {
  const read = (raw: string[]): string => {
    replaceFields(request, raw);
    return JSON.stringify([request.headers, request.headersDistinct]);
  };
  const [first, second] = [read(['a', '1']), read(['b', '2'])];
  return first === '[{"a":"1"},{"a":["1"]}]' && second === '[{"b":"2"},{"b":["2"]}]';
}

/** Replaces the fields of `request`; node rebuilds `headers` and `headersDistinct` from them on the next access. Only if {@link NodeInternals.replacesFields}. */
export function replaceFields(request: IncomingMessage, raw: string[]): void {
  const made = request as unknown as Record<symbol | string, unknown>;
  made.rawHeaders = raw;
  made[HEADERS_COUNT as symbol] = raw.length;
  made.headers = undefined;
  made.headersDistinct = undefined;
}

interface InnerRequest {
  _addHeaderLines?(raw: readonly string[], count: number): void;
}

/** Sets the trailers of `request`, whose body is complete. Only if {@link NodeInternals.makesMessages}. */
export function addTrailers(request: IncomingMessage, raw: readonly string[]): void {
  (request as unknown as InnerRequest)._addHeaderLines?.(raw, raw.length);
}

function takesTrailers(request: IncomingMessage): boolean {
  request.complete = true;
  addTrailers(request, ['A', '1']);
  return JSON.stringify([request.trailers, request.rawTrailers]) === '[{"a":"1"},["A","1"]]';
}

interface InnerResponse {
  _last?: boolean;
  _closed?: boolean;
  _keepAliveTimeout?: number;
  [needDrain: symbol]: boolean | undefined;
}

const innerResponse = (response: ServerResponse): InnerResponse => response as unknown as InnerResponse;

/** `response` tells the client for how long the connection may be idle. Without the internal, it does not. */
export function announceKeepAlive(response: ServerResponse, ms: number): void {
  innerResponse(response)._keepAliveTimeout = ms;
}

/** Whether the head of `response` announces the end of the connection. Only if {@link NodeInternals.makesMessages}. */
export const endsConnection = (response: ServerResponse): boolean => innerResponse(response)._last === true;

/** Emits `close` on `response`, as node:http does at the end of an exchange. */
export function closeResponse(response: ServerResponse): void {
  const made = innerResponse(response);
  if (made._closed) return;
  response.destroyed = true;
  made._closed = true;
  response.emit('close');
}

const needDrainOf = (response: ServerResponse): symbol | undefined =>
  Object.getOwnPropertySymbols(response).find(({ description }) => description === 'kNeedDrain');

const NEED_DRAIN = needDrainOf(new ServerResponse(new IncomingMessage(new Socket())));

/** Emits `drain` on `response` if it waits for it. Only if {@link NodeInternals.makesMessages}. */
export function passDrain(response: ServerResponse): void {
  if (!response.writableNeedDrain) return;
  innerResponse(response)[NEED_DRAIN as symbol] = false;
  response.emit('drain');
}

function canEnd(response: ServerResponse): boolean {
  response.shouldKeepAlive = false;
  response.writeHead(200);
  const { _last, _closed } = innerResponse(response);
  return _last === true && _closed === false && needDrainOf(response) !== undefined;
}

/** The methods of node's responses that send every response, with the signatures that the proxy uses. */
export interface PlainResponse {
  readonly writeHead: (
    this: ServerResponse,
    status: number,
    message: string | undefined,
    fields?: string[],
  ) => ServerResponse;
  readonly write: (this: ServerResponse, ...args: unknown[]) => boolean;
  readonly end: (this: ServerResponse, ...args: unknown[]) => ServerResponse;
  readonly flushHeaders: (this: ServerResponse) => void;
  readonly addTrailers: (this: ServerResponse, fields: readonly [string, string][]) => void;
  readonly getRawHeaderNames: (this: ServerResponse) => string[];
}

/**
 * Node's own methods. A response passed to a local instance has observing methods of the same names in front of them;
 * the responses of the gateway bypass those.
 */
export const plainResponse = ServerResponse.prototype as unknown as PlainResponse;

/** The callback of a write. */
export type Written = (error?: Error | null) => void;

/** The encoding that a stream passes to `_write` for a Buffer; missing in the types. */
export const BYTES = 'buffer' as BufferEncoding;

/**
 * Writes to a socket past its stream. Nothing may be queued or in progress; see
 * {@link NodeInternals.writesPastStream}.
 */
export function writePastStream(
  socket: Socket,
  chunk: string | Buffer,
  encoding: BufferEncoding,
  written: Written,
): void {
  socket._write(chunk, encoding, written);
}

/**
 * Puts `before` in front of every write of `socket`, queued or past the stream. It returns the callback to use for
 * the write instead of `done`, or `undefined` to leave the write out.
 */
export function interceptWrites(socket: Socket, before: (done: Written) => Written | undefined): void {
  const write = socket._write.bind(socket);
  const writeMany = socket._writev?.bind(socket);
  socket._write = (chunk, encoding, done) => {
    const then = before(done);
    if (then) write(chunk, encoding, then);
  };
  if (!writeMany) return;
  socket._writev = (chunks, done) => {
    const then = before(done);
    if (then) writeMany(chunks, then);
  };
}
