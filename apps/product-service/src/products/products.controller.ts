import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PageQueryDto, ProductDto, ProductPatchDto, type Page, type Product } from '#contracts';
import { PathText, Preconditions, RequestPreconditions, type Versioned } from '#service-kit';
import { ProductsService } from './products.service.js';

/** `/products` */
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  list(@Query() page: PageQueryDto): Promise<Page<Product>> {
    return this.products.list(page);
  }

  @Get('category/:category')
  listCategory(
    @Param('category', PathText) category: string,
    @Query() page: PageQueryDto,
  ): Promise<Page<Product>> {
    return this.products.listCategory(category, page);
  }

  @Post()
  async create(
    @Body() product: ProductDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<Product>> {
    const created = await this.products.create(product);
    void reply.header('location', `/products/${created.body.id}`);
    return created;
  }

  @Get(':id')
  get(@Param('id', PathText) id: string): Promise<Versioned<Product>> {
    return this.products.get(id);
  }

  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() product: ProductDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    return this.products.replace(id, product, preconditions);
  }

  @Patch(':id')
  merge(
    @Param('id', PathText) id: string,
    @Body() changes: ProductPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    return this.products.merge(id, changes, preconditions);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.products.remove(id, preconditions);
  }
}
