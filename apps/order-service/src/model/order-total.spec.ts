import { MAX_ORDER_ITEMS, MAX_PRICE, MAX_QUANTITY, type ReservedItem } from '#shop-contracts';
import { priceItems } from './order-total.js';

const item = (quantity: number, unitPrice: number, currency = 'EUR'): ReservedItem => ({
  productId: `p${unitPrice}`,
  quantity,
  unitPrice,
  currency,
  name: `n${unitPrice}`,
});

describe('priceItems', () => {
  it('sums quantities at the reserved prices', () => {
    expect(priceItems([item(2, 1999), item(1, 5)])).toEqual({
      items: [
        { productId: 'p1999', quantity: 2, unitPrice: 1999, name: 'n1999' },
        { productId: 'p5', quantity: 1, unitPrice: 5, name: 'n5' },
      ],
      total: 4003,
      currency: 'EUR',
    });
  });

  it('returns undefined for items in several currencies', () => {
    expect(priceItems([item(1, 1), item(1, 2, 'KRW')])).toBeUndefined();
  });

  it('is exact for the largest possible order', () => {
    const largest = Array.from({ length: MAX_ORDER_ITEMS }, () => item(MAX_QUANTITY, MAX_PRICE));

    expect(priceItems(largest)?.total).toBe(1e15);
    expect(Number.isSafeInteger(1e15)).toBe(true);
  });
});
