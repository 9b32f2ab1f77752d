import { runInNewContext } from 'node:vm';
import type pg from 'pg';
import { StoreWrites } from './store-writes.js';
import { isUniqueViolation } from './unique-violation.js';
import { poolWithProblems } from './pool-with-problems.js';
import { retryWhileBusy } from './retry-while-busy.js';

/** An error as Node's core creates it for code that runs in a vm context: `instanceof Error` is false here. */
const foreign = (code: string): unknown =>
  runInNewContext('Object.assign(new Error("no"), { code })', { code });

/** A pool with one connection that fails every query with `error`. */
const failingWith = (error: unknown) =>
  poolWithProblems(
    {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- of another realm, which is the point
      connect: () => Promise.resolve({ query: () => Promise.reject(error), release: () => undefined }),
    } as unknown as pg.Pool,
    new StoreWrites(),
  );

async function queryOn(pool: ReturnType<typeof poolWithProblems>): Promise<unknown> {
  const client = await pool.connect();
  return client.query('select 1', []);
}

describe('an error of another realm', () => {
  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '08006'])(
    'is reported as an unavailable database: %s',
    async (code) => {
      await expect(queryOn(failingWith(foreign(code)))).rejects.toMatchObject({
        code: 'storage-unavailable',
        status: 503,
      });
    },
  );

  it('is passed on unchanged when the server rejected the query', async () => {
    const error = foreign('23505');
    await expect(queryOn(failingWith(error))).rejects.toBe(error);
    expect(isUniqueViolation(error)).toBe(true);
  });

  it('leads to a retry when the file is busy', async () => {
    const failures = [foreign('SQLITE_BUSY'), foreign('SQLITE_BUSY_SNAPSHOT')];
    const step = () => {
      const busy = failures.shift();
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- of another realm, which is the point
      if (busy !== undefined) throw busy;
      return 'done';
    };
    await expect(retryWhileBusy(step)).resolves.toBe('done');
  });
});
