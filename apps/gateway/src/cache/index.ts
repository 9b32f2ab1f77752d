export { cacheFamilies } from './cache-families.js';
export { ResponseCache } from './response-cache.js';
