export { CacheModule } from './cache.module.js';
export { Purges } from './purges/purges.js';
export { SharedCache } from './shared-cache.js';
