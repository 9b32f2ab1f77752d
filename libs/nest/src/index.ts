export { MsaModule } from './msa.module.js';
export type { MsaModuleAsyncOptions, MsaModuleOptions } from './options.js';
export { getServiceToken, InjectService } from './inject-service.js';
export {
  GatewayClient,
  ServiceClient,
  ServiceUnreachable,
  UnexpectedStatus,
  type CallOptions,
  type GatewayClientOptions,
} from '#registry-client';
