import { Module, type DynamicModule } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { CatalogueModule } from './catalogue/index.js';
import { ProductsModule } from './products/index.js';
import { ReservationsModule } from './reservations/index.js';

/** Root module of the product service. */
@Module({})
export class ProductServiceModule {
  static of(context: AppContext): DynamicModule {
    return {
      module: ProductServiceModule,
      imports: [CatalogueModule.of(context), ProductsModule, ReservationsModule],
    };
  }
}
