import type { Problem } from '#contracts';
import { headTooLarge, malformedRequest, requestTimeout } from '../../exchange/problems.js';

// After an invalid body the start of the next request is unknown, so the connection closes.
const CLOSE = { headers: { connection: 'close' } };

export const bodyMalformed = (detail: string): Problem => malformedRequest(detail, CLOSE);

/**
 * Fields that exceed a limit are not a syntax error: 431, for the trailer section as for the head (RFC 9110,
 * section 5.4; RFC 6585, section 5).
 */
export const trailersTooLarge = (detail: string): Problem => headTooLarge(detail, CLOSE);

export const bodyTooSlow = (): Problem => requestTimeout('the request body did not arrive in time', CLOSE);
