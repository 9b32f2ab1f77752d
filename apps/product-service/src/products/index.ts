export { ProductListQueryDto } from './product-list.query.js';
export { ProductsModule } from './products.module.js';
export { ProductsService } from './products.service.js';
