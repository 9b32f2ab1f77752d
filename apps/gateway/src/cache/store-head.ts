import { isFixed } from '../policy/fixed-fields.js';
import { TAG, type CachePolicy } from '../policy/members/cache.js';
import type { CacheControl } from './rules/cache-control.js';
import { hasValidator, type Validators } from './rules/conditional.js';
import { FieldLines } from './rules/field-lines.js';
import { explicitLifetime, initialAge, type Arrival } from './rules/freshness.js';
import { isShareable, isStorable, type Credentials } from './rules/storable.js';
import { effectiveControl } from './rules/targeted-control.js';
import { variantOf, varyNames, type HeaderOf } from './rules/vary.js';
import { flat, type StoredHead, type StoredResponse } from './stored-response.js';

/** The request that a response belongs to. */
export interface StoringRequest extends Credentials {
  readonly service: string;
  readonly path: string;
  readonly control: CacheControl;
  /** The fields as the instance received them. */
  readonly headerOf: HeaderOf;
}

/** What the policy of a route says about storing. */
export interface StoringPolicy extends Pick<
  CachePolicy,
  'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'tags'
> {
  /** Request fields that the gateway sets for each request: no other request has the same ones. */
  readonly perRequest: ReadonlySet<string>;
}

/** The response of an instance. */
interface Received {
  readonly status: number;
  readonly lines: string;
}

/** The statuses that `ttl` concerns. */
const TTL_STATUSES: ReadonlySet<number> = new Set([200, 301, 404]);

/** Fields that belong to one message, or that the gateway itself adds to each. */
const NOT_STORED: ReadonlySet<string> = new Set([
  'age',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authentication-info',
  'trailer',
  'transfer-encoding',
  'x-request-id',
]);

/** Fields that describe the stored body, which a response without one does not change (RFC 9111, section 3.2). */
const KEPT_ON_UPDATE: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'etag',
]);

/** Request fields that are part of every key, whatever `Vary` says. */
const IN_KEY: ReadonlySet<string> = new Set([
  'host',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-forwarded-proto',
]);

const MAX_TAGS = 64;
const NO_TAGS: readonly string[] = [];

/** What is stored of a response; `undefined` if it may not be stored, or if nothing could be gained. */
export function storedHeadOf(
  { status, lines }: Received,
  request: StoringRequest,
  arrival: Arrival,
  policy: StoringPolicy,
): StoredHead | undefined {
  const fields = new FieldLines(lines);
  const control = effectiveControl(fields);
  const vary = selectingNames(fields);
  if (!vary || vary.some((name) => isFixed(name) || policy.perRequest.has(name))) return undefined;
  if (!isStorable(status, fields, control, request.control, vary, request)) return undefined;
  const age = initialAge(fields, arrival);
  const validators = validatorsOf(fields);
  const needsValidation = control.has('no-cache');
  const lifetime =
    policy.ttl !== undefined && TTL_STATUSES.has(status)
      ? age + policy.ttl
      : (explicitLifetime(fields, control, arrival) ?? (needsValidation ? 0 : undefined));
  if (lifetime === undefined) return undefined;
  const staleIfError = staleWindow('stale-if-error', control, policy.staleIfError);
  const staleWhileRevalidate = staleWindow('stale-while-revalidate', control, policy.staleWhileRevalidate);
  const isUsable = (lifetime > age && !needsValidation) || staleIfError > 0 || staleWhileRevalidate > 0;
  if (!isUsable && !hasValidator(validators)) return undefined;
  return {
    service: request.service,
    path: flat(request.path),
    status,
    lines: flat(fields.without(NOT_STORED) + (fields.has('date') ? '' : dateLine(arrival))),
    receivedAt: arrival.receivedAt,
    initialAge: age,
    lifetime,
    needsValidation,
    forbidsStale: forbidsStale(control) || control.has('s-maxage'),
    staleWhileRevalidate,
    staleIfError,
    isShareable: isShareable(control),
    etag: validators.etag,
    lastModified: validators.lastModified,
    vary,
    variant: flat(variantOf(vary, request.headerOf)),
    tags: tagsOf(fields, policy.tags),
  };
}

/** The request fields that select the response, beside those of the key; `undefined` if no other request can match it. */
function selectingNames(fields: FieldLines): readonly string[] | undefined {
  const names = varyNames(fields);
  return names?.some((name) => IN_KEY.has(name)) ? names.filter((name) => !IN_KEY.has(name)) : names;
}

/** `stored` after a response without a body has confirmed it; `undefined` if it may no longer be stored. */
export function confirmedHead(
  stored: StoredResponse,
  { lines }: Received,
  request: StoringRequest,
  arrival: Arrival,
  policy: StoringPolicy,
): StoredHead | undefined {
  return storedHeadOf({ status: stored.status, lines: mergedLines(stored, lines) }, request, arrival, policy);
}

/** The lines of `stored`, with the newer fields of a response that has confirmed it, as they can be stored. */
export const updatedLines = (stored: StoredHead, lines: string): string =>
  new FieldLines(mergedLines(stored, lines)).without(NOT_STORED);

/** Newer fields replace stored ones (RFC 9111, section 3.2). */
const mergedLines = (stored: StoredHead, lines: string): string =>
  new FieldLines(stored.lines).updatedBy(new FieldLines(lines), KEPT_ON_UPDATE);

/** The validators of a response. */
export function validatorsOf(fields: FieldLines): Validators {
  const [etag, lastModified] = [fields.get('etag'), fields.get('last-modified')];
  return { etag: etag && flat(etag), lastModified: lastModified && flat(lastModified) };
}

const forbidsStale = (control: CacheControl): boolean =>
  control.has('must-revalidate') || control.has('proxy-revalidate') || control.has('no-cache');

/** How long a stale response may be used; what the response says takes precedence (RFC 5861). */
function staleWindow(directive: string, control: CacheControl, policyMs = 0): number {
  if (forbidsStale(control)) return 0;
  const seconds = control.seconds(directive);
  if (seconds !== undefined) return seconds * 1000;
  // Otherwise, `s-maxage` forbids it (RFC 9111, section 5.2.2.10).
  return control.has('s-maxage') ? 0 : policyMs;
}

const dateLine = ({ date }: Arrival): string => `date: ${new Date(date).toUTCString()}\r\n`;

function tagsOf(fields: FieldLines, ofPolicy = NO_TAGS): readonly string[] {
  const own = fields.get('cache-tag');
  if (own === undefined) return ofPolicy;
  const tags = own.split(',').map((tag) => tag.trim());
  return [...new Set([...ofPolicy, ...tags.filter((tag) => TAG.test(tag)).map(flat)])].slice(0, MAX_TAGS);
}
