// Must come first: the decorators below write metadata while their classes load.
import 'reflect-metadata';
export * from './users/user.js';
export * from './products/product.js';
export * from './products/reservation.js';
export * from './orders/order.js';
