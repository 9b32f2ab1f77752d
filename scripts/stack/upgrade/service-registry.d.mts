import type { RolloutRegistry, WeightedInstance } from './roll-out.mjs';

export class ServiceRegistry<Gateway> implements RolloutRegistry {
  constructor(
    service: string,
    gateways: readonly Gateway[],
    call: (gateway: Gateway, method: string, path: string, body?: object) => Promise<unknown>,
  );
  instances(): Promise<readonly WeightedInstance[]>;
  setWeight(instances: readonly WeightedInstance[], weight: number): Promise<void>;
  readonly service: string;
  policies(): Promise<{ readonly source: string | null; readonly dividing: readonly string[] }>;
  dividedBy(): Promise<
    readonly (readonly { readonly version: string; readonly weight: number }[] | undefined)[]
  >;
  unserved(): Promise<number>;
  failureRate(instances: readonly WeightedInstance[]): Promise<number>;
}
