/** The public API of the gateway, published as `@msa-gateway/gateway`. Every function of it is asynchronous. */
export * from './create-gateway.js';
export type { GatewayVariable } from './config/gateway.variables.js';
export type { MountedService, MountOptions } from './mounted-service.js';
export type { PolicyFile, Problem } from '#contracts';
export type * from './proxy/extension/stage-api.js';
export type { SettingsIssue, SettingsResult, StageValidator } from './policy/stage-settings.js';
