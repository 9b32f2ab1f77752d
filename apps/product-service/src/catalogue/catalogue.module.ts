import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ResponsePurges } from '#registry-client';
import type { AppContext } from '#service-kit';
import { CatalogueEvents } from './catalogue.events.js';
import { CatalogueCache } from './catalogue-cache.js';

/** What gateways have stored of the product catalogue; for every module that changes products. */
@Global()
@Module({})
export class CatalogueModule {
  static of({ registry, logger }: AppContext): DynamicModule {
    const purges = new ResponsePurges({ registry, logger });
    return {
      module: CatalogueModule,
      controllers: [CatalogueEvents],
      providers: [{ provide: CatalogueCache, useFactory: () => new CatalogueCache(purges) }],
      exports: [CatalogueCache],
    };
  }
}
