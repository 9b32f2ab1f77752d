export { gateway } from './gateway.app.js';
export { adminUrlOf, localRegistryOf } from './running-gateway.js';
