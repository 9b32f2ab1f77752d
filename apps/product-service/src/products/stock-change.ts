import { MAX_STOCK, type ProductPatchDto } from '#contracts';
import type { ProductRow } from '../store/product.schema.js';
import { insufficientStock } from '../store/stock.problems.js';
import { stockAndDelta, stockHasChanged, stockTooLarge } from './products.problems.js';

/** What a request makes of the stock of a product. */
export interface StockChange {
  /** The new stock. */
  readonly stock?: number;
  /** Pieces to add to whatever the stock is then. */
  readonly delta?: number;
  /** Only while the stock is still this. */
  readonly expected?: number;
}

/**
 * Decides what becomes of the stock. `seen` is the stock in the ETags of `If-Match`: a client that sends it back did not
 * change it, so what was sold since then stays sold.
 * @throws Problem `insufficient-stock`, `validation-failed`, or `precondition-failed` when the client sets a stock that it
 * derived from one that is gone
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
