// Must come first: the decorators below write metadata while their classes load.
import 'reflect-metadata';
export * from './users/user.js';
export * from './products/product.js';
export * from './products/reservation.js';
export * from './orders/order.js';
export * from './events/user.events.js';
export * from './events/product.events.js';
export * from './events/order.events.js';
export * from './events/shop-events.js';
export type { paths as UserServicePaths } from './clients/user-service.js';
export type { paths as ProductServicePaths } from './clients/product-service.js';
export type { paths as OrderServicePaths } from './clients/order-service.js';
