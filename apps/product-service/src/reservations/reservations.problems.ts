import { defineProblem, notFound, type Problem } from '#contracts';
import type { ItemDto } from '#shop-contracts';

export const unknownProductKind = defineProblem('unknown-product', 422, 'Unknown product');
export const mixedCurrenciesKind = defineProblem('mixed-currencies', 422, 'Mixed currencies');
export const reservationDiffersKind = defineProblem('reservation-differs', 409, 'Stock reservation differs');
export const reservationReleasedKind = defineProblem('stock-given-back', 409, 'Stock reservation released');

export const noSuchReservation = (): Problem => notFound('no stock reservation of this order exists');

/** Lists every item of `items` whose product is not in `known`. */
export function unknownProducts(items: readonly ItemDto[], known: ReadonlySet<string>): Problem {
  const errors = items.flatMap(({ productId }, index) =>
    known.has(productId)
      ? []
      : [{ pointer: `/items/${index}/productId`, detail: `product ${productId} does not exist` }],
  );
  const productId = items.find((item) => !known.has(item.productId))?.productId;
  return unknownProductKind(`${errors.length} item(s) refer to an unknown product`, {
    errors,
    extensions: { productId },
  });
}

export const mixedCurrencies = (currencies: ReadonlySet<string>): Problem =>
  mixedCurrenciesKind(
    `all items of an order must have the same currency; found ${[...currencies].sort().join(' and ')}`,
  );

export const reservationDiffers = (): Problem =>
  reservationDiffersKind('the order has a reservation of other items; release it and place a new order');

export const reservationReleased = (): Problem =>
  reservationReleasedKind('the stock reservation of the order was released and cannot be made again');
