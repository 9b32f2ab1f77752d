import type { Transaction } from 'kysely';
import type { ProductEventData } from '#shop-contracts';
import type { OrdersSchema } from './orders.schema.js';

type ProductVersion = Pick<ProductEventData, 'id' | 'name' | 'version'>;

/** Version of a copy from the list of products, which has no versions: older than that of every event. */
const LISTED = 0;

/** Stores a version of a product unless a newer one is stored. */
export async function storeProduct(
  { id, name, version }: ProductVersion,
  trx: Transaction<OrdersSchema>,
): Promise<void> {
  await trx
    .insertInto('product_copies')
    .values({ id, name, version })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ name, version }).where('product_copies.version', '<', version),
    )
    .execute();
}

/** Stores listed products of which no copy exists. A copy from an event can be newer than the list. */
export async function addListedProducts(
  products: readonly Omit<ProductVersion, 'version'>[],
  trx: Transaction<OrdersSchema>,
): Promise<void> {
  if (products.length === 0) return;
  const rows = products.map(({ id, name }) => ({ id, name, version: LISTED }));
  await trx
    .insertInto('product_copies')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
