import type { ServiceRegistry as RegistryOfService, Weighed } from './roll-out.mjs';

export class ServiceRegistry<Gateway> implements RegistryOfService {
  constructor(
    service: string,
    gateways: readonly Gateway[],
    call: (gateway: Gateway, method: string, path: string, body?: object) => Promise<unknown>,
  );
  instances(): Promise<readonly Weighed[]>;
  weigh(instances: readonly Weighed[], weight: number): Promise<void>;
  unserved(): Promise<number>;
  failureRate(instances: readonly Weighed[]): Promise<number>;
}
