export { gateway } from './gateway.app.js';
export { entranceOf, localRegistryOf } from './running-gateway.js';
