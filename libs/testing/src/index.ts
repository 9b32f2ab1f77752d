export * from './temp-dir.js';
export * from './wait-for.js';
export * from './postgres/find-postgres.js';
export * from './postgres/start-postgres.js';
export * from './postgres/on-both-stores.js';
