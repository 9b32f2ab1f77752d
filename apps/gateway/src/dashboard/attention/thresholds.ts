/*
 * When something needs attention. Shares are 0 to 1, times milliseconds. Traffic is that of the last
 * TRAFFIC_WINDOW_SECONDS, or if that has fewer than ENOUGH_REQUESTS, that of the latest requests.
 */

/** Failed, or slow. One or two happen in a system that works. */
export const LEAST_BAD_REQUESTS = 3;
/** More than retries and single failed requests leave behind. */
export const FAILING_RATE = 0.05;
/** Most callers notice. */
export const CRITICAL_RATE = 0.5;

/** An instance this many times as slow as the others of its service is the cause; otherwise the service is slow as a whole. */
export const SLOWER_THAN_OTHERS = 3;

/**
 * Remaining share of a lease. Clients send a heartbeat every third of the TTL: with a sixth left, the next one is overdue
 * by half of the TTL.
 */
export const EXPIRING_SHARE = 1 / 6;

const DAY_MS = 24 * 3_600_000;
/** Time to renew a certificate by hand. */
export const CERTIFICATE_WARNING_MS = 14 * DAY_MS;
export const CERTIFICATE_CRITICAL_MS = 2 * DAY_MS;

/** Requests wait noticeably. */
export const BUSY_LAG_MS = 200;
/** A single pause, such as one of the garbage collector, is shorter. */
export const BUSY_FOR_MS = 5000;

/** A backlog that has not shrunk for this long is not being worked off. */
export const BACKLOG_WINDOW_MS = 30_000;
/** Fewer are usual while work is in progress. */
export const LEAST_BACKLOG = 5;

/** Items about traffic stay for this long, so that they do not come and go, and a burst of failures is seen. */
export const HOLD_MS = 30_000;
/** An item is over at the earliest when it was not found for this long; one near a threshold misses a second or two. */
export const OVER_AFTER_MS = 3000;

/** Mirrors get a share of the requests: minutes may pass between two comparisons of the same request. */
export const MIRROR_HOLD_MS = 300_000;
