import type { OperationDescription } from '#service-kit';
import { registryTokenRequired, registryWritesFromLoopbackOnly } from '../model/problems.js';

/** Name of the security scheme in the OpenAPI document. */
export const REGISTRY_TOKEN_SCHEME = 'registryToken';

/** Description of an operation behind the {@link RegistryWriteGuard}. */
export const behindRegistryToken = (operation: OperationDescription): OperationDescription => ({
  ...operation,
  security: REGISTRY_TOKEN_SCHEME,
  problems: [registryTokenRequired, registryWritesFromLoopbackOnly, ...(operation.problems ?? [])],
});
