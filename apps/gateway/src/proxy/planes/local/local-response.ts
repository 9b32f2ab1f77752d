import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { plainResponse } from '../../sockets/node-internals.js';

/** Observes the response of a local instance. */
export interface ResponseListener {
  /** Whether {@link onHead} may not use the response. */
  readonly mayReplace: boolean;
  /**
   * Receives the head of the response as a flat list; returns the fields for the client. `undefined`: the response is not
   * used; the listener has muted it.
   */
  onHead(status: number, raw: readonly string[]): string[] | undefined;
  /** Receives a part of the body as the instance passed it to node. */
  onChunk(chunk: unknown, encoding: unknown): void;
}

const LISTENER = Symbol('listener');
type Watched = ServerResponse & { [LISTENER]: ResponseListener };
type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;

/**
 * Puts `listener` between a local instance and the client's response. Replaces three methods of this object, which
 * delegate to node's own: every way to respond (implicit heads, pipes, frameworks) ends in one of them.
 */
export function watchResponse(response: ServerResponse, listener: ResponseListener): void {
  const watched = response as Watched;
  watched[LISTENER] = listener;
  watched.writeHead = writeHead as Watched['writeHead'];
  watched.write = write as Watched['write'];
  watched.end = end as Watched['end'];
  if (response.req.httpVersion === '1.0') Object.assign(response, NO_INTERIM);
}

/** HTTP/1.0 has no interim responses (RFC 9110, section 15.2): its clients would treat one as the final response. */
const NO_INTERIM = {
  writeContinue: (then?: () => void) => then?.(),
  writeProcessing: (then?: () => void) => then?.(),
  writeEarlyHints: (_hints: unknown, then?: () => void) => then?.(),
};

function writeHead(this: Watched, status: number, reason?: string | Fields, fields?: Fields): ServerResponse {
  const listener = this[LISTENER];
  const message = typeof reason === 'string' ? reason : undefined;
  const set = takeSetFields(this);
  const given = flat(typeof reason === 'string' ? fields : (reason ?? fields));
  const passed = listener.onHead(status, set.length === 0 ? given : merge(set, given));
  if (!passed) return this;
  if (set.length === 0) return plainResponse.writeHead.call(this, status, message, passed);
  // If fields have been set before, node lets repeated fields passed to `writeHead` replace each other.
  appendAll(this, passed);
  return plainResponse.writeHead.call(this, status, message);
}

function write(this: Watched, ...args: Parameters<ServerResponse['write']>): boolean {
  if (isReplaced(this)) return this.write(...args);
  const isOpen = !this.writableEnded;
  const goesOn = plainResponse.write.apply(this, args);
  // Afterwards, because the first write sends the head.
  if (isOpen) this[LISTENER].onChunk(args[0], args[1]);
  return goesOn;
}

function end(this: Watched, ...args: Parameters<ServerResponse['end']>): ServerResponse {
  if (isReplaced(this, lengthOf(args[0], args[1]))) return this.end(...args);
  const isOpen = !this.writableEnded;
  plainResponse.end.apply(this, args);
  if (isOpen) this[LISTENER].onChunk(args[0], args[1]);
  return this;
}

/**
 * Whether the response is not used. Decided by its head, before node begins to write: it could not stop any more.
 * @param length of the whole body, if it is known; node announces it too
 */
function isReplaced(response: Watched, length?: number): boolean {
  if (!response[LISTENER].mayReplace || response.headersSent) return false;
  const { req, statusCode, statusMessage } = response;
  const hasFraming = response.hasHeader('content-length') || response.hasHeader('transfer-encoding');
  const hasLength = req.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
  if (length !== undefined && hasLength && !hasFraming) response.setHeader('content-length', length);
  response.writeHead(statusCode, statusMessage);
  return response.write !== write;
}

/** Length of a chunk in bytes; 0 for anything but text and bytes. */
export function lengthOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, encodingOf(encoding));
  return chunk instanceof Uint8Array ? chunk.length : 0;
}

/** The bytes of a chunk. */
export function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encodingOf(encoding));
  if (!(chunk instanceof Uint8Array)) return Buffer.alloc(0);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

const encodingOf = (encoding: unknown): BufferEncoding =>
  typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';

/** Removes the fields set by `setHeader` from the response and returns them as a flat list. */
function takeSetFields(response: ServerResponse): string[] {
  const set: string[] = [];
  for (const name of plainResponse.getRawHeaderNames.call(response)) {
    add(set, name, response.getHeader(name));
    response.removeHeader(name);
  }
  return set;
}

/** Merges `set` and `given`; the latter takes precedence, as in node. */
function merge(set: readonly string[], given: readonly string[]): string[] {
  const names = new Set(given.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()));
  const kept: string[] = [];
  for (let i = 0; i < set.length; i += 2)
    if (!names.has((set[i] as string).toLowerCase())) kept.push(set[i] as string, set[i + 1] as string);
  return kept.concat(given);
}

function appendAll(response: ServerResponse, raw: readonly string[]): void {
  for (let i = 0; i < raw.length; i += 2) response.appendHeader(raw[i] as string, raw[i + 1] as string);
}

function flat(fields: Fields): string[] {
  if (Array.isArray(fields)) return fields.map(String);
  const raw: string[] = [];
  for (const name in fields) add(raw, name, fields[name]);
  return raw;
}

function add(raw: string[], name: string, value: OutgoingHttpHeader | undefined): void {
  if (Array.isArray(value)) for (const each of value) raw.push(name, each);
  else if (value !== undefined) raw.push(name, String(value));
}
