import { Module, type DynamicModule, type NestModule, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ClientsModule, gatewayClient } from './clients.module.js';
import { Instance } from './instance.js';
import {
  MSA_OPTIONS,
  type MsaModuleAsyncOptions,
  type MsaModuleOptions,
  type MsaModuleSettings,
} from './options.js';
import { applyRequestContexts } from './request-contexts.js';

/**
 * Registers a Nest app with a gateway while it listens, and provides clients of other services: `@InjectService(name)`, and
 * `GatewayClient`. Import it last into the root module: from version 11 on, Nest then destroys it before the others.
 * Providers of the root module itself are destroyed earlier: put those that requests need into a module of their own.
 * Shutdown needs `app.enableShutdownHooks()` or `app.close()`.
 * @example
 * \@Module({ imports: [MsaModule.forRoot({ name: 'order-service' })] })
 * export class AppModule {}
 */
@Module({ providers: [Instance] })
export class MsaModule implements NestModule {
  constructor(private readonly host: HttpAdapterHost) {}

  static forRoot(options: MsaModuleOptions): DynamicModule {
    return moduleWith({ provide: MSA_OPTIONS, useValue: options });
  }

  /**
   * Provides clients of other services, and registers nothing: for a program whose gateway has mounted its server, or that
   * serves nothing.
   */
  static forClients({ gateway }: Pick<MsaModuleOptions, 'gateway'> = {}): DynamicModule {
    return moduleWith({ provide: MSA_OPTIONS, useValue: { gateway } satisfies MsaModuleSettings });
  }

  static forRootAsync({ imports, inject, useFactory }: MsaModuleAsyncOptions): DynamicModule {
    return moduleWith({ provide: MSA_OPTIONS, useFactory, ...(inject && { inject }) }, imports);
  }

  configure(): void {
    applyRequestContexts(this.host.httpAdapter);
  }
}

// Only the clients are global: global modules are the last to be destroyed, and an instance has to leave rotation first.
const moduleWith = (options: Provider, imports: DynamicModule['imports'] = []): DynamicModule => ({
  module: MsaModule,
  imports: [
    {
      module: ClientsModule,
      imports,
      providers: [options, gatewayClient],
      exports: [MSA_OPTIONS, gatewayClient],
    },
  ],
});
