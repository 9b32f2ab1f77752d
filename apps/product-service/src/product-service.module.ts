import { Module } from '@nestjs/common';
import { ProductsModule } from './products/index.js';
import { ReservationsModule } from './reservations/index.js';

/** Root module of the product service. */
@Module({ imports: [ProductsModule, ReservationsModule] })
export class ProductServiceModule {}
