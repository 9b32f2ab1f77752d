import type pg from 'pg';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { errorProperties } from '../errors/error-properties.js';
import { storageUnreachable } from './storage.problems.js';
import type { StoreWrites } from './store-writes.js';

// PostgreSQL's error classes (appendix A of its manual) that concern the server or the connection to it.
const CONNECTION_EXCEPTION = '08';
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** Whether no server handled the query, as opposed to a server that rejected it. */
function isUnreachable(error: unknown): boolean {
  const { code, message = '' } = errorProperties(error);
  if (code === undefined) return /^(Connection terminated|Client has encountered)/.test(message);
  return UNREACHABLE.has(code) || code.startsWith(CONNECTION_EXCEPTION);
}

const storageErrorOf = (error: unknown): unknown =>
  isUnreachable(error) ? storageUnreachable(error) : error;

/** Wraps `pool`: a database that is unavailable or cannot write becomes a problem for the client: 503, try again. */
export function poolWithProblems(pool: pg.Pool, writes: StoreWrites): PostgresPool {
  return {
    connect: () =>
      pool.connect().then(
        (client) => clientWithProblems(client, writes),
        (error: unknown) => {
          throw storageUnreachable(error);
        },
      ),
    end: () => pool.end(),
  };
}

function clientWithProblems(client: pg.PoolClient, writes: StoreWrites): PostgresPoolClient {
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    try {
      return await writes.run(() => client.query(text, values));
    } catch (error) {
      throw storageErrorOf(error);
    }
  };
  return { query: query as PostgresPoolClient['query'], release: () => client.release() };
}
