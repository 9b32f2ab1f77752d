import { runInNewContext } from 'node:vm';
import { factsOf } from './error-facts.js';

/** An error as Node's core makes them for code that runs in a vm context: `instanceof Error` is false here. */
const foreign = (code: string): unknown =>
  runInNewContext('Object.assign(new Error("read " + code), { code })', { code });

describe('factsOf', () => {
  it('knows an error of another realm', () => {
    const error = foreign('ECONNRESET');
    expect(error instanceof Error).toBe(false);
    expect(factsOf(error)).toEqual({ code: 'ECONNRESET', message: 'read ECONNRESET' });
  });

  it('tells the status that fastify gives an error', () => {
    expect(factsOf(Object.assign(new Error('no'), { statusCode: 400 }))).toMatchObject({ statusCode: 400 });
  });

  it.each([undefined, null, 'ECONNRESET', 7, { code: 7, message: null, statusCode: '400' }])(
    'knows nothing about %j',
    (thrown) => {
      expect(factsOf(thrown)).toEqual({});
    },
  );
});
