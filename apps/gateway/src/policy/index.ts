export * from './live-policy-file.js';
export * from './policy-families.js';
export * from './policy-read.guard.js';
export * from './policy-sources.js';
export * from './policy.module.js';
export * from './provider-state.js';
export * from './open-routes-warning.js';
export * from './traffic-splits.js';
