import { defineProblem, type ItemDto, type Problem } from '#contracts';

const insufficientStockKind = defineProblem('insufficient-stock', 409, 'Not enough in stock');

export const insufficientStock = ({ productId, quantity }: ItemDto, available: number): Problem =>
  insufficientStockKind(`there are ${available} of product ${productId}, not ${quantity}`, {
    extensions: { productId, requested: quantity, available },
  });
