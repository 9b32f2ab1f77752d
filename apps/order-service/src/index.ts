export { insertOrders } from './store/insert-orders.js';
export { migrations } from './store/orders.schema.js';
export { orderService } from './order-service.app.js';
