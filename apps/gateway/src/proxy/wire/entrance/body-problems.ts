import type { Problem } from '#contracts';
import { headTooLarge, malformedRequest, requestTimeout } from '../../problems.js';

// Where the body of a request went wrong, nobody knows where the next request begins.
const CLOSE = { headers: { connection: 'close' } };

export const bodyMalformed = (detail: string): Problem => malformedRequest(detail, CLOSE);

/**
 * Fields larger than a server wants to read are no fault of syntax: 431, in the trailer section as in the head (RFC 9110, section
 * 5.4; RFC 6585, section 5).
 */
export const trailersTooLarge = (detail: string): Problem => headTooLarge(detail, CLOSE);

export const bodyTooSlow = (): Problem => requestTimeout('the body did not arrive in time', CLOSE);
