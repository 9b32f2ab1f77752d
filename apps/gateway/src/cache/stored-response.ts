import type { StoredTimes } from './rules/freshness.js';
import type { Validators } from './rules/conditional.js';

/** The head of a response that is stored, and what was derived from it once. */
export interface StoredHead extends StoredTimes, Validators {
  /** Service in the path of the request. */
  readonly service: string;
  /** Path of the request after the prefix of the service, without the query. */
  readonly path: string;
  readonly status: number;
  /** Field lines for clients, each with CRLF, without those of connection and framing and without `Age`. */
  readonly lines: string;
  /** Milliseconds after its lifetime in which it may be used while it is fetched again. */
  readonly staleWhileRevalidate: number;
  /** Milliseconds after its lifetime in which it may be used while the service fails. */
  readonly staleIfError: number;
  /** It says that callers with credentials may share it. */
  readonly isShareable: boolean;
  /** Names of the request fields that select it, and their values in the request. */
  readonly vary: readonly string[];
  readonly variant: string;
  readonly tags: readonly string[];
}

/** A response that can be sent again. Never changed: an update makes another one. */
export interface StoredResponse extends StoredHead {
  readonly body: Buffer;
}

/**
 * The head and its body as one object. Every member is named: a spread would give each object a hidden class of its own,
 * which takes more memory than the members and makes each access to one slow.
 */
export const withBody = (head: StoredHead, body: Buffer): StoredResponse => ({
  service: head.service,
  path: head.path,
  status: head.status,
  lines: head.lines,
  receivedAt: head.receivedAt,
  initialAge: head.initialAge,
  lifetime: head.lifetime,
  needsValidation: head.needsValidation,
  forbidsStale: head.forbidsStale,
  staleWhileRevalidate: head.staleWhileRevalidate,
  staleIfError: head.staleIfError,
  isShareable: head.isShareable,
  etag: head.etag,
  lastModified: head.lastModified,
  vary: head.vary,
  variant: head.variant,
  tags: head.tags,
  body,
});

/** Memory that a stored response uses beside its texts and its body, with its places in the indexes: measured. */
const OVERHEAD_BYTES = 1000;

/** Bytes that a stored response uses. */
export const sizeOf = ({ lines, path, variant, tags, body }: StoredResponse): number =>
  OVERHEAD_BYTES +
  body.length +
  lines.length +
  path.length +
  variant.length +
  tags.reduce((sum, tag) => sum + tag.length, 0);

/** A copy of a text that does not keep the texts alive from which it was made. */
export const flat = (text: string): string =>
  text === '' ? text : Buffer.from(text, 'latin1').toString('latin1');
