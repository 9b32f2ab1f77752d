import { INSTANCE_ID } from '#contracts';
import type { PlainHeartbeat } from '../../../discovery/index.js';
import type { RequestHead } from '../../http1/head/request-head.js';

const LINE = /^POST \/discovery\/heartbeat\/([^ ?/]+) HTTP\/1\.1\r\n/;
/** Fields that do not affect a heartbeat, and the only content type that its body may have. */
const FIELDS =
  /^(?:(?:accept|accept-encoding|accept-language|authorization|sec-fetch-mode|user-agent):[^\r]*\r\n|content-type:[ \t]*application\/json(?:;[ \t]*charset=utf-8)?[ \t]*\r\n)*$/i;
const MAX_BODY = 1024;

/**
 * Parses a heartbeat request to the gateway itself that has arrived completely and whose head contains nothing that
 * needs the full HTTP stack.
 * @param rest the bytes after the head
 * @param address the remote address of the connection
 * @returns `undefined` if the request is something else or not certainly a plain heartbeat
 */
export function parsePlainHeartbeat(
  head: RequestHead,
  rest: Buffer,
  address: string,
): PlainHeartbeat | undefined {
  const id = LINE.exec(head.text)?.[1];
  if (id === undefined || !INSTANCE_ID.test(id) || !isPlain(head)) return undefined;
  const length = Math.max(head.contentLength, 0);
  if (length > rest.length || length > MAX_BODY) return undefined;
  if (length > 0 && head.field('content-type') === undefined) return undefined;
  const sender = { address, host: head.host, authorization: head.field('authorization') };
  return { id, body: rest.toString('utf8', 0, length), sender };
}

/** Whether neither an interpreted field nor any other field of the head needs special treatment. */
const isPlain = (head: RequestHead): boolean =>
  !head.isChunked &&
  !head.expectsContinue &&
  head.upgrade === undefined &&
  head.requestTimeout === undefined &&
  head.forwarded === undefined &&
  head.forwardedFor === undefined &&
  head.forwardedProto === undefined &&
  head.forwardedHost === undefined &&
  head.forwardedPrefix === undefined &&
  head.claims === '' &&
  head.connection.every((option) => option === 'keep-alive') &&
  FIELDS.test(head.fields);
