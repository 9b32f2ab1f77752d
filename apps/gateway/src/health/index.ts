export * from './policy-file.indicator.js';
export * from './registry.indicator.js';
export * from './service-table.indicator.js';
export * from './services.indicator.js';
