import { Inject, type Provider } from '@nestjs/common';
import { GatewayClient } from '#registry-client';

/**
 * Grows when classes with {@link InjectService} are loaded. Nest reads it when it creates the app, after every class that
 * the modules name is loaded.
 */
export const serviceClients: Provider[] = [];
const names = new Set<string>();

/** The token of the client of a service, for tests that replace it: `overrideProvider(getServiceToken('user-service'))`. */
export const getServiceToken = (name: string): string => `msa-gateway:service:${name}`;

/**
 * Injects the `ServiceClient` of the service with this name.
 * @example
 * constructor(@InjectService('user-service') private readonly users: ServiceClient) {}
 * // …
 * const user = await this.users.get<User>(`/users/${encodeURIComponent(id)}`);
 */
export function InjectService(name: string): ParameterDecorator & PropertyDecorator {
  const token = getServiceToken(name);
  if (!names.has(name))
    serviceClients.push({
      provide: token,
      useFactory: (gateway: GatewayClient) => gateway.service(name),
      inject: [GatewayClient],
    });
  names.add(name);
  return Inject(token);
}
