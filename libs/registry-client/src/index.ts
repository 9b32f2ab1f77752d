export * from './registry.js';
export * from './http-registry.js';
export * from './registration.js';
