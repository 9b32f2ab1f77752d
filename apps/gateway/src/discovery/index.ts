export * from './instance.js';
export * from './instance-load.js';
export * from './pinned-target.js';
export * from './service-table.js';
export * from './registry.service.js';
export * from './local-registry.js';
export * from './probing/ejector.js';
export * from './discovery.module.js';
