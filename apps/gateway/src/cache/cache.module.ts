import { Module, type DynamicModule } from '@nestjs/common';
import { PolicySources } from '../policy/index.js';
import { CacheController } from './http/cache.controller.js';
import { Purges } from './purges/purges.js';
import { SharedCache } from './shared-cache.js';

/** The life of the cache, and the endpoint that purges it. */
@Module({})
export class CacheModule {
  /** @param imports modules that export RegistryAccess and PolicySources */
  static of(cache: SharedCache, imports: DynamicModule[]): DynamicModule {
    return {
      module: CacheModule,
      imports,
      controllers: [CacheController],
      providers: [
        { provide: Purges, useValue: cache.purges },
        {
          provide: SharedCache,
          useFactory: (policies: PolicySources) => cache.follow(policies),
          inject: [PolicySources],
        },
      ],
    };
  }
}
