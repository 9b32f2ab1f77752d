export { gateway } from './gateway.app.js';
export { localRegistryOf } from './local-registry-of.js';
