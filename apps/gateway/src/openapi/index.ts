export { ContractCheck } from './contracts/contract-check.js';
export * from './contracts/contracts.module.js';
export * from './openapi.module.js';
