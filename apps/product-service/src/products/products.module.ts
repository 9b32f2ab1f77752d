import { Module } from '@nestjs/common';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';

/** Products: the API, the rules and the rows. */
@Module({ controllers: [ProductsController], providers: [ProductsService, ProductsRepository] })
export class ProductsModule {}
