import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto, Product, ProductDto, ProductPatchDto } from '#contracts';
import { changeVersioned, newId, readPage, Versioned, type Preconditions } from '#service-kit';
import type { ProductRow } from '../store/product.schema.js';
import { noSuchProduct } from './products.problems.js';
import { ProductsRepository, type ProductFields } from './products.repository.js';

/** What can be done with products. */
@Injectable()
export class ProductsService {
  constructor(private readonly products: ProductsRepository) {}

  list(page: PageQueryDto): Promise<Page<Product>> {
    return readPage(page, (keyset) => this.products.list(keyset), toProduct);
  }

  listCategory(category: string, page: PageQueryDto): Promise<Page<Product>> {
    return readPage(page, (keyset) => this.products.listCategory(category, keyset), toProduct);
  }

  async get(id: string): Promise<Versioned<Product>> {
    return versioned(await this.find(id));
  }

  async create(product: ProductDto): Promise<Versioned<Product>> {
    const now = Date.now();
    const row = { ...allFields(product), id: newId(), version: 1, created_at: now, updated_at: now };
    return versioned(await this.products.insert(row));
  }

  /** Every member is replaced; a description left out is removed. */
  replace(id: string, product: ProductDto, preconditions: Preconditions): Promise<Versioned<Product>> {
    return this.write(id, allFields(product), preconditions);
  }

  /** Only the members in `changes` are written, so stock that is taken meanwhile stays taken. */
  merge(id: string, changes: ProductPatchDto, preconditions: Preconditions): Promise<Versioned<Product>> {
    return this.write(id, givenFields(changes), preconditions);
  }

  async remove(id: string, preconditions: Preconditions): Promise<void> {
    await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.products.remove(current),
    });
  }

  private async write(
    id: string,
    fields: Partial<ProductFields>,
    preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    const row = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.products.update(current, fields, Date.now()),
    });
    return versioned(row);
  }

  private async find(id: string): Promise<ProductRow> {
    const row = await this.products.find(id);
    if (!row) throw noSuchProduct();
    return row;
  }
}

// Currencies are told apart by comparing, and validation takes them in any case.
const allFields = (product: ProductDto): ProductFields => ({
  name: product.name,
  description: product.description ?? null,
  category: product.category,
  price: product.price,
  currency: product.currency.toUpperCase(),
  stock: product.stock,
});

const givenFields = ({ currency, ...others }: ProductPatchDto): Partial<ProductFields> => ({
  ...others,
  ...(currency !== undefined && { currency: currency.toUpperCase() }),
});

const toProduct = (row: ProductRow): Product => ({
  id: row.id,
  name: row.name,
  description: row.description,
  category: row.category,
  price: row.price,
  currency: row.currency,
  stock: row.stock,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
});

const versioned = (row: ProductRow): Versioned<Product> => new Versioned(row.version, toProduct(row));
