/**
 * How many milliseconds the sender of a request still waits for the response. A service must not work past that time,
 * and passes the remaining time on to the neighbours it calls. The time is relative because clocks of machines
 * differ.
 */
export const REQUEST_TIMEOUT_HEADER = 'x-request-timeout-ms';
