/**
 * Time limit of one call to another service. A client waits for up to two calls in a row before its order is
 * accepted as `pending`. Two calls must fit well within a claim (`CLAIM_MS`).
 */
export const NEIGHBOUR_TIMEOUT_MS = 2000;
