import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { FastifyServerFactory } from 'fastify';
import type { Logger } from 'pino';
import type { RegistrationOptions, Registry } from '#registry-client';
import type { BaseConfig } from '../config/base-config.js';
import type { Env } from '../config/read-env.js';
import type { Readiness } from './readiness.js';

/** Where an app listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** What the boot function gives to an app's root module. */
export interface AppContext {
  readonly logger: Logger;
  readonly readiness: Readiness;
  /** The registry that the app registers with and finds its neighbours in. */
  readonly registry: Registry;
  /** Whether the app's `/metrics` includes those of its process; one app per process does. */
  readonly exposesProcess: boolean;
  /** The running application, for what looks at it later, such as its own documentation; not yet there in `build`. */
  application(): INestApplication;
}

/** What an app is made of, once its configuration is read. */
export interface AppParts {
  readonly module: DynamicModule;
  /** Makes the listening server, for an app that wants more of it than Nest does. */
  readonly serverFactory?: FastifyServerFactory;
}

/** One deployable app: what `main.ts` boots alone and the monolith boots beside others. */
export interface AppDefinition<C extends BaseConfig = BaseConfig> {
  readonly name: string;
  /** @throws StartupError that names every bad variable. */
  readConfig(env: Env): C;
  listenAddress(config: C): ListenAddress;
  /**
   * How a service that listens at `url` registers itself; the host of `url` may stand for every address of this machine. An
   * app without it is not an instance of anything.
   */
  registration?(config: C, url: string): RegistrationOptions['body'];
  /** The registry to use when the app is booted alone. */
  registry(config: C): Registry;
  build(config: C, context: AppContext): AppParts;
}
