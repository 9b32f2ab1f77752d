export * from './access-log.js';
export * from './batch-writer.js';
