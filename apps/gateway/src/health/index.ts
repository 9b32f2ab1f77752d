export * from './registry.indicator.js';
export * from './services.indicator.js';
