import { defineProblem, notFound, type ItemDto, type Problem } from '#contracts';

const unknownProductKind = defineProblem('unknown-product', 422, 'Unknown product');
const mixedCurrenciesKind = defineProblem('mixed-currencies', 422, 'The items have different currencies');
const reservationDiffersKind = defineProblem('reservation-differs', 409, 'The order holds other items');
const stockGivenBackKind = defineProblem('stock-given-back', 409, 'The stock of this order was given back');

export const noSuchReservation = (): Problem => notFound('nothing was ever reserved for this order');

/** Lists every item of `items` whose product is not in `known`. */
export function unknownProducts(items: readonly ItemDto[], known: ReadonlySet<string>): Problem {
  const errors = items.flatMap(({ productId }, index) =>
    known.has(productId)
      ? []
      : [{ pointer: `/items/${index}/productId`, detail: `there is no product ${productId}` }],
  );
  const productId = items.find((item) => !known.has(item.productId))?.productId;
  return unknownProductKind(`${errors.length} item(s) name no product`, {
    errors,
    extensions: { productId },
  });
}

export const mixedCurrencies = (currencies: ReadonlySet<string>): Problem =>
  mixedCurrenciesKind(`one order cannot be paid in ${[...currencies].sort().join(' and ')}`);

export const reservationDiffers = (): Problem =>
  reservationDiffersKind('this order already holds other items; release them, and order anew');

export const stockGivenBack = (): Problem =>
  stockGivenBackKind('what this order held was given back; it cannot hold anything again');
