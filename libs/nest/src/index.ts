export { MsaModule } from './msa.module.js';
export type { MsaModuleAsyncOptions, MsaModuleOptions } from './options.js';
export { getServiceToken, InjectService } from './inject-service.js';
export {
  GatewayClient,
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- kept for programs that use the former name
  NeighbourUnreachable,
  ServiceClient,
  ServiceUnreachable,
  UnexpectedStatus,
  type CallOptions,
  type GatewayClientOptions,
} from '#registry-client';
