import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { HeartbeatDto } from '#contracts';
import { reportIn } from './plain-heartbeats.js';

const isValid = (value: object): boolean =>
  validateSync(plainToInstance(HeartbeatDto, value), { whitelist: true, forbidNonWhitelisted: true })
    .length === 0;

const member = fc.constantFrom('inFlight', 'loopLagMs', 'ready', 'calls', 'backlog', 'events', 'mood');
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1e6, 1e6 + 1, 3.6e6, 3.6e6 + 0.5, 0.1, -1),
);
const name = fc.constantFrom('users', 'pending orders', '', 'Users', 'a\u0000', 'x'.repeat(65));
const call = fc.record(
  { to: name, kind: fc.constantFrom('call', 'store', 'other'), total: number, failed: number, more: number },
  { requiredKeys: ['to', 'kind', 'total'] },
);
const backlog = fc.record({ name, count: number, more: number }, { requiredKeys: ['name', 'count'] });
const events = fc.record(
  { waiting: number, oldestSeconds: number, deadLetters: number, more: number },
  { requiredKeys: ['waiting', 'oldestSeconds', 'deadLetters'] },
);
const calls = fc.array(fc.oneof({ weight: 9, arbitrary: call }, fc.jsonValue()), { maxLength: 18 });
const value = fc.oneof(
  { weight: 5, arbitrary: number },
  { weight: 3, arbitrary: calls },
  { weight: 3, arbitrary: backlog },
  { weight: 3, arbitrary: events },
  fc.boolean(),
  fc.jsonValue(),
);
const report = fc.dictionary(member, value, { noNullPrototype: true });

describe('the report of a heartbeat', () => {
  it('is accepted only if the validation of HeartbeatDto accepts it', () => {
    fc.assert(
      fc.property(report, (sent) => {
        const body = JSON.stringify(sent);
        if (reportIn(body)) expect(isValid(JSON.parse(body) as object)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is accepted for all valid values', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.double({ min: 0, max: 3.6e6, noNaN: true }),
        fc.boolean(),
        (inFlight, loopLagMs, ready) => {
          const body = JSON.stringify({ inFlight, loopLagMs, ready });
          expect(reportIn(body)).toEqual(JSON.parse(body));
        },
      ),
    );
    const calls = [
      { to: 'orders', kind: 'call', total: 3, failed: 1 },
      { to: 'postgresql', kind: 'store', total: 2 ** 53 - 1, failed: 0 },
    ];
    const events = { waiting: 1, oldestSeconds: 61, deadLetters: 2 };
    const full = { ready: true, calls, backlog: { name: 'pending orders', count: 0 }, events };
    expect(reportIn(JSON.stringify(full))).toEqual(full);
    expect([reportIn(''), reportIn('{}'), reportIn(' {"inFlight": 1} ')]).toEqual([{}, {}, { inFlight: 1 }]);
  });

  it.each(['null', '[]', '1', '"inFlight"', '{', '{"__proto__":{"inFlight":1}}', '{"loopLagMs":1e999}'])(
    'is left to the ordinary path for %s',
    (body) => expect(reportIn(body)).toBeUndefined(),
  );
});
