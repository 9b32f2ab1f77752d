import { defineProblem, type Problem } from '#contracts';

export const invalidKeyKind = defineProblem('idempotency-key-invalid', 400, 'Invalid Idempotency-Key');
export const keyReusedKind = defineProblem(
  'idempotency-key-reused',
  422,
  'Idempotency-Key reused with a different body',
);
export const stillInFlightKind = defineProblem('idempotency-conflict', 409, 'Idempotent request in progress');

export const invalidKey = (): Problem =>
  invalidKeyKind('Idempotency-Key must be a single field of 1 to 255 visible ASCII characters');

export const keyReused = (): Problem =>
  keyReusedKind('the key was used with a different request body; use a new key');

export const stillInFlight = (): Problem =>
  stillInFlightKind('the first request with this key is still in progress; retry later', {
    headers: { 'retry-after': '1' },
  });
