import { notFound, preconditionFailed, validationFailed, type Problem } from '#contracts';
import { MAX_STOCK } from '#shop-contracts';

export const noSuchProduct = (): Problem => notFound('no product with this id exists');

const invalidDelta = (detail: string): Problem =>
  validationFailed(detail, { errors: [{ pointer: '/stockDelta', detail }] });

export const stockAndDelta = (): Problem => invalidDelta('stockDelta cannot be sent together with stock');

export const stockTooLarge = (): Problem => invalidDelta(`the stock would exceed ${MAX_STOCK}`);

export const stockHasChanged = (): Problem =>
  preconditionFailed(
    'the stock has changed since the ETag was issued; read the product again or send stockDelta',
  );
