import type { CacheControl } from './cache-control.js';
import { withoutOuterSpace, type FieldLines } from './field-lines.js';
import { parseHttpDate } from './http-date.js';

const SECOND_MS = 1000;

/** When a response arrived. */
export interface Arrival {
  /** The request was sent; milliseconds on the monotonic clock. */
  readonly sentAt: number;
  /** The response arrived; milliseconds on the monotonic clock. */
  readonly receivedAt: number;
  /** The same moment in milliseconds since the epoch, for comparison with dates. */
  readonly date: number;
}

/** Milliseconds that a response stays fresh after it was generated; `undefined` if it does not say (RFC 9111, section 4.2.1). */
export function explicitLifetime(
  fields: FieldLines,
  control: CacheControl,
  arrival: Arrival,
): number | undefined {
  // With an invalid age, nothing tells how much of the lifetime is left.
  const declared = declaredLifetime(fields, control, arrival);
  return declared !== undefined && ageValue(fields) === undefined ? 0 : declared;
}

function declaredLifetime(fields: FieldLines, control: CacheControl, { date }: Arrival): number | undefined {
  const seconds = control.seconds('s-maxage') ?? control.seconds('max-age');
  if (seconds !== undefined) return seconds * SECOND_MS;
  const expires = fields.get('expires');
  if (expires === undefined || control.isTargeted) return undefined;
  // An invalid date, such as "0", is in the past (RFC 9111, section 5.3).
  const until = parseHttpDate(expires) ?? -Infinity;
  return Math.max(0, until - (parseHttpDate(fields.get('date')) ?? date));
}

/** The age of a response when it arrived, milliseconds (RFC 9111, section 4.2.3). */
export function initialAge(fields: FieldLines, { sentAt, receivedAt, date }: Arrival): number {
  const apparent = Math.max(0, date - (parseHttpDate(fields.get('date')) ?? date));
  return Math.max(apparent, (ageValue(fields) ?? 0) + receivedAt - sentAt);
}

/** `Age` in milliseconds, 0 without it; `undefined` if it is no number. Of several, the first counts (RFC 9111, section 5.1). */
function ageValue(fields: FieldLines): number | undefined {
  const age = withoutOuterSpace(fields.get('age')?.split(',', 1)[0] ?? '0');
  return /^\d{1,10}$/.test(age) ? Number(age) * SECOND_MS : undefined;
}

/** The times of a stored response, milliseconds. */
export interface StoredTimes {
  /** On the monotonic clock. */
  readonly receivedAt: number;
  readonly initialAge: number;
  readonly lifetime: number;
  /** It is used only after the service has confirmed it (`no-cache`). */
  readonly needsValidation: boolean;
  /** It is never used when it is stale. */
  readonly forbidsStale: boolean;
}

/** The present age of a stored response, milliseconds. */
export const ageOf = ({ receivedAt, initialAge: age }: StoredTimes, now: number): number =>
  age + now - receivedAt;

/** Milliseconds until a stored response is stale; negative if it is. */
export const timeLeft = (stored: StoredTimes, now: number): number => stored.lifetime - ageOf(stored, now);

/**
 * Why a stored response cannot be used without asking the service: it is stale, or only the directives of the request
 * prevent it (RFC 9111, sections 4.2 and 5.2.1); `undefined` if it can be used.
 */
export function forwardReason(
  stored: StoredTimes,
  request: CacheControl,
  now: number,
): 'stale' | 'request' | undefined {
  if (stored.needsValidation) return 'stale';
  const left = timeLeft(stored, now);
  const allowed = stored.forbidsStale ? 0 : (request.seconds('max-stale', Infinity) ?? 0) * SECOND_MS;
  if (left <= -allowed) return 'stale';
  return requiresNewer(request, stored, now) ? 'request' : undefined;
}

/** Whether the directives of a request require a newer response than the stored one. */
export function requiresNewer(request: CacheControl, stored: StoredTimes, now: number): boolean {
  if (request.has('no-cache') || request.isMalformed) return true;
  const maxAge = (request.seconds('max-age') ?? Infinity) * SECOND_MS;
  const minFresh = (request.seconds('min-fresh') ?? -Infinity) * SECOND_MS;
  return ageOf(stored, now) >= maxAge || timeLeft(stored, now) < minFresh;
}

/** Whether a stored response may be used for `windowMs` after its lifetime. */
export const isInWindow = (stored: StoredTimes, windowMs: number, now: number): boolean =>
  windowMs > 0 && !stored.needsValidation && timeLeft(stored, now) > -windowMs;
