export { productService } from './product-service.app.js';
