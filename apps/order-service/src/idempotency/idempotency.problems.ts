import { defineProblem, type Problem } from '#contracts';

const badKey = defineProblem('idempotency-key-invalid', 400, 'The Idempotency-Key is not valid');
const reusedKey = defineProblem(
  'idempotency-key-reused',
  422,
  'The Idempotency-Key was used for another body',
);
const conflict = defineProblem('idempotency-conflict', 409, 'The first request is still in flight');

export const invalidKey = (): Problem =>
  badKey('an Idempotency-Key is 1 to 255 visible ASCII characters, sent once');

export const keyReused = (): Problem =>
  reusedKey('this key belongs to a request with another body; use a new one');

export const stillInFlight = (): Problem =>
  conflict('the first request with this key has no answer yet; try again', {
    headers: { 'retry-after': '1' },
  });
