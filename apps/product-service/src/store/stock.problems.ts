import { defineProblem, type Problem } from '#contracts';
import type { ItemDto } from '#shop-contracts';

export const insufficientStockKind = defineProblem('insufficient-stock', 409, 'Insufficient stock');

export const insufficientStock = ({ productId, quantity }: ItemDto, available: number): Problem =>
  insufficientStockKind(`product ${productId} has ${available} in stock, ${quantity} requested`, {
    extensions: { productId, requested: quantity, available },
  });
