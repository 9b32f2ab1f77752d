/** The public API of the gateway, published as `@msa-gateway/gateway`. Every function of it is asynchronous. */
export * from './create-gateway.js';
export type { GatewayVariable } from './config/gateway.variables.js';
export type { MountedService, MountOptions } from './mounted-service.js';
export type { PolicyFile } from '#contracts';
