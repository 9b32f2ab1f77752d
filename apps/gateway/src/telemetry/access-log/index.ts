export * from './access-log.js';
export * from './batch-writer.js';
export * from './terminal-log.js';
