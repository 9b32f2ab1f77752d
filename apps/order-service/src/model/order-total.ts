import type { OrderItem, ReservedItem } from '#shop-contracts';

/** The lines of an order with the prices and names of the product service, and their sum. */
export interface PricedItems {
  readonly items: readonly OrderItem[];
  /** Minor units. At most 100 items of 10,000 pieces at 10^9: 10^15, an exact integer. */
  readonly total: number;
  readonly currency: string;
}

/**
 * The lines of the order with the reserved prices, and their sum; `undefined` when the items are not in
 * one currency.
 */
export function priceItems(reserved: readonly ReservedItem[]): PricedItems | undefined {
  const currencies = new Set(reserved.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) return undefined;
  return {
    items: reserved.map(({ productId, quantity, unitPrice, name = null }) => ({
      productId,
      quantity,
      unitPrice,
      name,
    })),
    total: reserved.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    currency,
  };
}
