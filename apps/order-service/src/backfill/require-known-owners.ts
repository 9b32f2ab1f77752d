import type { Kysely } from 'kysely';
import type { UserDirectory } from '../neighbours/user-directory.js';
import { DELETED_USER } from '../store/anonymise-orders.js';
import type { OrdersSchema } from '../store/orders.schema.js';

/** Ids of users are UUIDs of version 7: these are the oldest users. */
const SAMPLE = 20;

/**
 * Checks that the user service runs on the store of the users who placed the orders of this one: that it knows more than
 * half of the first owners. Those who ordered after the upgrade do not count, because they may have signed up on a wrong store.
 * @throws Error if it does not
 * @throws ServiceUnreachable
 */
export async function requireKnownOwners(
  database: Kysely<OrdersSchema>,
  users: UserDirectory,
): Promise<void> {
  const owners = await firstOwners(database);
  const counts = { known: 0, unknown: 0 };
  for (const owner of owners) {
    if (counts.known * 2 > owners.length || counts.unknown * 2 >= owners.length) break;
    counts[(await users.isDeleted(owner)) ? 'unknown' : 'known'] += 1;
  }
  if (counts.known * 2 <= owners.length) throw new Error(reasonOf(owners.length));
}

const reasonOf = (owners: number): string =>
  `the user service does not know more than half of the first ${owners} owners of orders that were confirmed before the upgrade: it may run on a wrong store. ` +
  'No order is anonymised. Start it on its own store. If these users were deleted, confirm that in the store of the ' +
  "order service: UPDATE order_backfills SET confirmed = 1 WHERE name = 'deleted-users'";

/** Owners of orders for which the user service has known them: an order that was not confirmed may name any user. */
async function firstOwners(database: Kysely<OrdersSchema>): Promise<readonly string[]> {
  const orders = database.selectFrom('orders').select('user_id').distinct();
  const rows = await orders
    .where('user_id', '!=', DELETED_USER)
    .where('status', 'not in', ['pending', 'rejected'])
    .where('created_at', '<', (eb) =>
      eb.selectFrom('order_backfills').select('created_at').where('name', '=', 'deleted-users'),
    )
    .orderBy('user_id')
    .limit(SAMPLE)
    .execute();
  return rows.map(({ user_id }) => user_id);
}
