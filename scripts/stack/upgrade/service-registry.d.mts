import type { ServiceRegistry as Asked, Weighed } from './roll-out.mjs';

export class ServiceRegistry<Gateway> implements Asked {
  constructor(
    service: string,
    gateways: readonly Gateway[],
    ask: (gateway: Gateway, method: string, path: string, body?: object) => Promise<unknown>,
  );
  instances(): Promise<readonly Weighed[]>;
  weigh(instances: readonly Weighed[], weight: number): Promise<void>;
  unserved(): Promise<number>;
  failureRate(instances: readonly Weighed[]): Promise<number>;
}
