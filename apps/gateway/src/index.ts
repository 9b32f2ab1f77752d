export { gateway } from './gateway.app.js';
export { urlsOf, localRegistryOf } from './running-gateway.js';
