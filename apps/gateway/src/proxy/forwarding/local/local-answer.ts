import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { plainResponse } from '../../entrance/plain-response.js';

/** Hears of an answer as a service in this process gives it. */
export interface AnswerListener {
  /** The exchange has gone on without this answer: whatever comes is thrown away. */
  readonly isOver: boolean;
  /** The head of the answer, flat; returns it as the client gets it. */
  onHead(status: number, raw: readonly string[]): string[];
  onChunk(bytes: number): void;
}

const LISTENER = Symbol('listener');
type Watched = ServerResponse & { [LISTENER]: AnswerListener };
type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;

/**
 * Puts `listener` between a service and the client's response. Three methods are replaced on this one object, and node's
 * own do the work: every way to answer (implicit heads, pipes, frameworks) ends in one of them.
 */
export function watchAnswer(response: ServerResponse, listener: AnswerListener): void {
  Object.assign(response, { [LISTENER]: listener, writeHead, write, end });
}

function writeHead(this: Watched, status: number, reason?: string | Fields, fields?: Fields): ServerResponse {
  const listener = this[LISTENER];
  if (listener.isOver) return this;
  const message = typeof reason === 'string' ? reason : undefined;
  const raw = takeFields(this, typeof reason === 'string' ? fields : (reason ?? fields));
  return plainResponse.writeHead.call(this, status, message, listener.onHead(status, raw));
}

function write(this: Watched, ...args: Parameters<ServerResponse['write']>): boolean {
  const listener = this[LISTENER];
  if (listener.isOver) return true;
  listener.onChunk(lengthOf(args[0], args[1]));
  return plainResponse.write.apply(this, args);
}

function end(this: Watched, ...args: Parameters<ServerResponse['end']>): ServerResponse {
  const listener = this[LISTENER];
  if (listener.isOver) return this;
  listener.onChunk(lengthOf(args[0], args[1]));
  return plainResponse.end.apply(this, args);
}

function lengthOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return chunk instanceof Uint8Array ? chunk.length : 0;
}

/** All fields of the answer, flat, taken off the response; `fields` win over those that `setHeader` has set. */
function takeFields(response: ServerResponse, fields: Fields): string[] {
  const given = flat(fields);
  const set: string[] = [];
  for (const name of plainResponse.getRawHeaderNames.call(response)) {
    if (!hasField(given, name)) add(set, name, response.getHeader(name));
    response.removeHeader(name);
  }
  return set.length === 0 ? given : set.concat(given);
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

function hasField(raw: readonly string[], name: string): boolean {
  const lower = name.toLowerCase();
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === lower) return true;
  return false;
}
