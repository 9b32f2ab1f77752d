export { CatalogueModule } from './catalogue.module.js';
export { CatalogueCache, letGatewaysStore, LISTS, tagOf } from './catalogue-cache.js';
