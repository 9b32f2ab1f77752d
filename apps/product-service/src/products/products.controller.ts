import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  DescribeOperation,
  Hashed,
  invalidCursorKind,
  pageOf,
  PathText,
  Preconditions,
  RequestPreconditions,
  resource,
  type Page,
  type Versioned,
} from '#service-kit';
import { ProductDto, ProductPatchDto, ProductReplacementDto, type Product } from '#shop-contracts';
import { letGatewaysStore, LISTS, tagOf } from '../catalogue/index.js';
import { insufficientStockKind } from '../store/stock.problems.js';
import { ProductListQueryDto } from './product-list.query.js';
import { ProductsService } from './products.service.js';

const TEAPOT: ProductDto = {
  name: 'Teapot',
  description: 'Cast iron, 0.8 l',
  category: 'kitchen',
  price: 4900,
  currency: 'EUR',
  stock: 25,
};
const PRODUCT = resource('Product', ProductDto, TEAPOT);

/** `/products` */
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @DescribeOperation({
    summary: 'List products',
    body: pageOf(PRODUCT),
    query: ProductListQueryDto,
    versioned: true,
    problems: [invalidCursorKind],
  })
  @Get()
  async list(
    @Query() query: ProductListQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Hashed<Page<Product>>> {
    return storedList(reply, await this.products.list(query));
  }

  @DescribeOperation({
    summary: 'List the products of a category',
    body: pageOf(PRODUCT),
    path: { category: 'furniture' },
    query: ProductListQueryDto,
    versioned: true,
    problems: [404, invalidCursorKind],
  })
  @Get('category/:category')
  async listCategory(
    @Param('category', PathText) category: string,
    @Query() query: ProductListQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Hashed<Page<Product>>> {
    return storedList(reply, await this.products.list(query, category));
  }

  @DescribeOperation({
    summary: 'Create a product',
    status: 201,
    example: TEAPOT,
    body: PRODUCT,
    versioned: true,
  })
  @Post()
  async create(
    @Body() product: ProductDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<Product>> {
    const created = await this.products.create(product);
    void reply.header('location', `/products/${created.body.id}`);
    return created;
  }

  @DescribeOperation({ summary: 'Get a product', body: PRODUCT, versioned: true, problems: [404] })
  @Get(':id')
  async get(
    @Param('id', PathText) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<Product>> {
    const product = await this.products.get(id);
    letGatewaysStore(reply, tagOf(id));
    return product;
  }

  @DescribeOperation({
    summary: 'Replace a product; with If-Match, the stock is kept if it is still that of the ETag',
    example: TEAPOT,
    body: PRODUCT,
    versioned: true,
    problems: [404],
  })
  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() product: ProductReplacementDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    return this.products.replace(id, product, preconditions);
  }

  @DescribeOperation({
    summary: 'Update a product; stockDelta is added to its stock',
    example: { stockDelta: 5 } satisfies ProductPatchDto,
    body: PRODUCT,
    versioned: true,
    problems: [404, insufficientStockKind],
  })
  @Patch(':id')
  merge(
    @Param('id', PathText) id: string,
    @Body() changes: ProductPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    return this.products.merge(id, changes, preconditions);
  }

  @DescribeOperation({ summary: 'Delete a product', status: 204, versioned: true, problems: [404] })
  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.products.remove(id, preconditions);
  }
}

function storedList(reply: FastifyReply, page: Page<Product>): Hashed<Page<Product>> {
  letGatewaysStore(reply, LISTS);
  return new Hashed(page);
}
