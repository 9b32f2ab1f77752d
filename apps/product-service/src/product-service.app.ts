import { defineService, idFrom } from '#service-kit';
import { ProductServiceModule } from './product-service.module.js';
import { ProductListQueryDto, ProductsService } from './products/index.js';
import { migrations } from './store/product.schema.js';

/** The product service; booted alone by `main.ts`, or next to the other apps by the monolith. */
export const productService = defineService({
  name: 'product-service',
  version: '1.0.0',
  portVariable: 'PRODUCT_SERVICE_PORT',
  defaultPort: 8003,
  migrations,
  hasEvents: true,
  internalPaths: ['/stock-reservations'],
  examples: async (nest) => {
    const latest = Object.assign(new ProductListQueryDto(), { limit: 1, sort: '-createdAt' });
    const { items } = await nest.get(ProductsService, { strict: false }).list(latest);
    return { [idFrom('/products')]: items[0]?.id };
  },
  module: (_config, context) => ProductServiceModule.of(context),
});
