import { Injectable } from '@nestjs/common';
import {
  changeVersioned,
  isUniqueViolation,
  newId,
  requireUnchanged,
  Versioned,
  type Page,
  type Preconditions,
} from '#service-kit';
import type { User, UserDto, UserPatchDto } from '#shop-contracts';
import { emailKeyOf } from './email-key.js';
import type { UserListQueryDto } from './user-list.query.js';
import type { UserRow } from './user.table.js';
import { emailTaken, noSuchUser } from './users.problems.js';
import { UsersRepository, type UserFields } from './users.repository.js';

/** Operations on users. */
@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository) {}

  list(query: UserListQueryDto): Promise<Page<User>> {
    return this.users.list(query, toUser);
  }

  async get(id: string): Promise<Versioned<User>> {
    return versioned(await this.find(id));
  }

  async create(user: UserDto): Promise<Versioned<User>> {
    const now = Date.now();
    const fields = { email: user.email, email_key: emailKeyOf(user.email), name: user.name };
    const row = { ...fields, id: newId(), version: 1, created_at: now, updated_at: now };
    return versioned(await withEmailConflict(this.users.insert(row)));
  }

  /**
   * Changes the members in `changes`; with all members it replaces the user.
   * @throws Problem `not-found`, `precondition-failed`, `email-taken`, or `validation-failed` for a
   * read-only member
   */
  async change(id: string, changes: UserPatchDto, preconditions: Preconditions): Promise<Versioned<User>> {
    const fields = toFields(changes);
    const row = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => {
        requireUnchanged(toUser(current), changes);
        return withEmailConflict(this.users.update(current, fields, Date.now()));
      },
    });
    return versioned(row);
  }

  async remove(id: string, preconditions: Preconditions): Promise<void> {
    await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.users.remove(current),
    });
  }

  private async find(id: string): Promise<UserRow> {
    const row = await this.users.find(id);
    if (!row) throw noSuchUser();
    return row;
  }
}

const toFields = ({ email, name }: UserPatchDto): Partial<UserFields> => ({
  ...(email !== undefined && { email, email_key: emailKeyOf(email) }),
  ...(name !== undefined && { name }),
});

const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
});

const versioned = (row: UserRow): Versioned<User> => new Versioned(row.version, toUser(row));

// Relies on the unique index, not on a prior query: two requests with the same address may arrive concurrently.
async function withEmailConflict<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isUniqueViolation(error) ? emailTaken(error) : error;
  }
}
