/**
 * Longest wait for one neighbour: a client waits for two of them in a row before its order is accepted as `pending`. Two
 * have to fit well into a claim.
 */
export const NEIGHBOUR_TIMEOUT_MS = 2000;
