import { runInNewContext } from 'node:vm';
import { errorProperties } from './error-properties.js';

/** An error as Node's core creates it for code that runs in a vm context: `instanceof Error` is false here. */
const foreign = (code: string): unknown =>
  runInNewContext('Object.assign(new Error("read " + code), { code })', { code });

describe('errorProperties', () => {
  it('recognises an error of another realm', () => {
    const error = foreign('ECONNRESET');
    expect(error instanceof Error).toBe(false);
    expect(errorProperties(error)).toEqual({ code: 'ECONNRESET', message: 'read ECONNRESET' });
  });

  it('returns the status that fastify sets on an error', () => {
    expect(errorProperties(Object.assign(new Error('no'), { statusCode: 400 }))).toMatchObject({
      statusCode: 400,
    });
  });

  it.each([undefined, null, 'ECONNRESET', 7, { code: 7, message: null, statusCode: '400' }])(
    'returns nothing for %j',
    (thrown) => {
      expect(errorProperties(thrown)).toEqual({});
    },
  );
});
