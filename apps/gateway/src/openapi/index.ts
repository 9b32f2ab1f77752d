export * from './contracts/contracts.module.js';
export * from './openapi.module.js';
