import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { RegisterInstanceDto } from '#contracts';
import type { GatewayClientOptions } from '#registry-client';

/**
 * Options of `MsaModule`. Apart from `name`, every member has a default; those of a registration have the defaults of the
 * registry.
 */
export interface MsaModuleOptions extends Omit<RegisterInstanceDto, 'url'> {
  /** The URL at which gateways reach the app. Default: the address and port at which it listens. */
  readonly url?: string;
  /** Replaces the port of the default `url`, where a port mapping is in front of the app. */
  readonly port?: number;
  /** Default: the environment variables `REGISTRY_URL`, else `http://127.0.0.1:8000`, and `REGISTRY_TOKEN`. */
  readonly gateway?: Partial<GatewayClientOptions>;
  /**
   * How long the app accepts new requests at shutdown after it has deregistered, milliseconds. Default 1000, after which no
   * other service has its address.
   */
  readonly shutdownDelayMs?: number;
  /** How long shutdown waits for requests in flight before the modules of the app are destroyed, milliseconds. Default 25000. */
  readonly shutdownTimeoutMs?: number;
}

/** Options that depend on other providers, such as those of a configuration module. */
export interface MsaModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider<MsaModuleOptions>, 'useFactory' | 'inject'> {}

/** The options of `forRoot`, or those of `forClients`, which have no name: the app is not registered. */
export type MsaModuleSettings =
  MsaModuleOptions | { readonly name?: never; readonly gateway: MsaModuleOptions['gateway'] };

export const MSA_OPTIONS = Symbol('options of MsaModule');

const firstSet = (...values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value);

const LOCAL_GATEWAY = 'http://127.0.0.1:8000';

/** The gateway that `options` and the environment name. An empty text counts as unset. */
export function gatewayOf(
  { gateway }: MsaModuleSettings,
  env: NodeJS.ProcessEnv = process.env,
): Omit<GatewayClientOptions, 'logger'> & Pick<Partial<GatewayClientOptions>, 'logger'> {
  const url = firstSet(gateway?.url, env.REGISTRY_URL) ?? LOCAL_GATEWAY;
  return { ...gateway, url, token: firstSet(gateway?.token, env.REGISTRY_TOKEN) };
}
