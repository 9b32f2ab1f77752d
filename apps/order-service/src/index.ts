export { orderService } from './order-service.app.js';
