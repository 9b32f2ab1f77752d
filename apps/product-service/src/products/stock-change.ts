import { MAX_STOCK, type ProductPatchDto } from '#shop-contracts';
import type { ProductRow } from '../store/product.schema.js';
import { insufficientStock } from '../store/stock.problems.js';
import { stockAndDelta, stockHasChanged, stockTooLarge } from './products.problems.js';

/** The effect of a request on the stock of a product. */
export interface StockChange {
  /** The new stock. */
  readonly stock?: number;
  /** Pieces to add to the current stock. */
  readonly delta?: number;
  /** Apply only while the stock equals this value. */
  readonly expected?: number;
}

/**
 * Derives the stock change from a request. `seen` is the stock in the ETags of `If-Match`: a client that sends this
 * value back did not change the stock, so sales since then are kept.
 * @throws Problem `insufficient-stock`, `validation-failed`, or `precondition-failed` when the client sets a stock
 * that it derived from an outdated one
 */
export function stockChangeOf(
  current: ProductRow,
  { stock, stockDelta }: Pick<ProductPatchDto, 'stock' | 'stockDelta'>,
  seen: readonly number[],
): StockChange {
  if (stockDelta !== undefined) {
    if (stock !== undefined) throw stockAndDelta();
    return adjustment(current, stockDelta);
  }
  if (stock === undefined || seen.includes(stock)) return {};
  if (seen.length === 0) return { stock };
  if (!seen.includes(current.stock)) throw stockHasChanged();
  return { stock, expected: current.stock };
}

function adjustment({ id, stock }: ProductRow, delta: number): StockChange {
  if (stock + delta < 0) throw insufficientStock({ productId: id, quantity: -delta }, stock);
  if (delta > 0 && stock + delta > MAX_STOCK) throw stockTooLarge();
  return { delta };
}
