export { insertProducts } from './products/insert-products.js';
export { migrations } from './store/product.schema.js';
export { productService } from './product-service.app.js';
