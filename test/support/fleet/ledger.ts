import { randomUUID } from 'node:crypto';
import { call } from '#testing';
import type { LoadRequest } from './load.js';

interface User {
  readonly id: string;
  readonly email: string;
}

interface Page {
  readonly items: readonly User[];
  readonly nextCursor: string | null;
}

const USERS = '/api/user-service/users';

/** Users that clients created, for comparison with the users that the service has in the end. */
export class Ledger {
  private readonly acknowledged = new Set<string>();
  private readonly requested = new Set<string>();

  /** A request that reads users. */
  readonly read = (): LoadRequest => ({ method: 'GET', path: `${USERS}?limit=5`, expected: 200 });

  /** A request that creates a user. */
  readonly write = (): LoadRequest => {
    const email = `${randomUUID()}@example.com`;
    this.requested.add(email);
    return {
      method: 'POST',
      path: USERS,
      body: { email, name: 'Someone' },
      expected: 201,
      onResponse: (user) => this.acknowledged.add((user as User).email),
    };
  };

  /**
   * Checks that every acknowledged user exists, and that a client requested every existing user; returns
   * their number.
   */
  async check(origin: string): Promise<number> {
    const existing = await allUsers(origin);
    const emails = new Set(existing.map(({ email }) => email));
    expect([...this.acknowledged].filter((email) => !emails.has(email))).toEqual([]);
    expect(existing.filter(({ email }) => !this.requested.has(email))).toEqual([]);
    expect(emails.size).toBe(existing.length);
    return existing.length;
  }
}

async function allUsers(origin: string): Promise<readonly User[]> {
  const users: User[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = (await call(origin, `GET ${USERS}?limit=200${cursor && `&cursor=${cursor}`}`)).body as Page;
    users.push(...page.items);
    cursor = page.nextCursor;
  }
  return users;
}
