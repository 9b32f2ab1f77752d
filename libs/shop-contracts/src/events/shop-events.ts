import { orderEvents } from './order.events.js';
import { productChanged, productCreated, productDeleted, stockChanged } from './product.events.js';
import { userChanged, userCreated, userDeleted } from './user.events.js';

/** Every event of the shop, by the service that publishes it. */
export const SHOP_EVENTS = {
  'user-service': [userCreated, userChanged, userDeleted],
  'product-service': [productCreated, productChanged, productDeleted, stockChanged],
  'order-service': Object.values(orderEvents),
} as const;
