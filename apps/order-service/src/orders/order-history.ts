import { validationFailed } from '#contracts';
import { requireUnchanged } from '#service-kit';
import type { OrderItemDto, OrderPatchDto } from '#shop-contracts';
import { orderImmutable } from '../model/orders.problems.js';
import { viewOf, type StoredOrder } from '../model/stored-order.js';

/**
 * Checks that an update repeats the read-only members of an order unchanged. `null` for a price is accepted: the client
 * may have read the order while it was `pending`.
 * @throws Problem `order-immutable` for another user or other items, `validation-failed` for another
 * read-only member
 */
export function requireSameHistory(order: StoredOrder, sent: OrderPatchDto): void {
  const { userId, items } = sent;
  if (userId !== undefined && userId !== order.userId) throw orderImmutable('userId');
  if (items !== undefined && quantities(items) !== quantities(order.items)) throw orderImmutable('items');
  const { total, currency } = sent;
  requireUnchanged(viewOf(order), sent);
  requireUnchanged(viewOf(order), { total: total ?? undefined, currency: currency ?? undefined }, [
    'total',
    'currency',
  ]);
  requireSamePrices(order, items ?? []);
}

// Ignores the order of the lines.
const quantities = (items: readonly { readonly productId: string; readonly quantity: number }[]): string =>
  JSON.stringify(items.map(({ productId, quantity }) => [productId, quantity]).sort());

function requireSamePrices({ items }: StoredOrder, sent: readonly OrderItemDto[]): void {
  const prices = new Map(items.map(({ productId, unitPrice }) => [productId, unitPrice]));
  const errors = sent.flatMap(({ productId, unitPrice }, index) =>
    unitPrice === undefined || unitPrice === null || unitPrice === prices.get(productId)
      ? []
      : [
          {
            pointer: `/items/${index}/unitPrice`,
            detail: 'unitPrice is read-only; send its current value or leave it out',
          },
        ],
  );
  if (errors.length > 0) throw validationFailed('the prices of an order cannot be changed', { errors });
}
