export * from './access-log.js';
export * from './batch-writer.js';
export * from './sampled-log.js';
export * from './terminal-log.js';
