export { gateway } from './gateway.app.js';
export { isInRotation, localRegistryOf, urlsOf } from './running-gateway.js';
