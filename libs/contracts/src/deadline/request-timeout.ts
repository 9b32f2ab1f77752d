/**
 * Milliseconds for which whoever sent a request still waits for its answer. A service must not work past it, and hands on
 * what is left to the neighbours it calls. A relative time, since clocks of machines differ.
 */
export const REQUEST_TIMEOUT_HEADER = 'x-request-timeout-ms';
