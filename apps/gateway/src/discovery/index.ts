export * from './instance.js';
export * from './service-table.js';
export * from './discovery.module.js';
