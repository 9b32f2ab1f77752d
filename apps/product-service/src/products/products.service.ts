import { Injectable } from '@nestjs/common';
import {
  changeVersioned,
  newId,
  requireUnchanged,
  Versioned,
  type Page,
  type Preconditions,
} from '#service-kit';
import type { Product, ProductDto, ProductPatchDto, ProductReplacementDto } from '#shop-contracts';
import { CatalogueCache } from '../catalogue/index.js';
import type { ProductRow } from '../store/product.schema.js';
import type { ProductListQueryDto } from './product-list.query.js';
import { noSuchProduct } from './products.problems.js';
import { ProductsRepository, type ProductFields } from './products.repository.js';
import { stockChangeOf } from './stock-change.js';

/** Operations on products. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly products: ProductsRepository,
    private readonly cache: CatalogueCache,
  ) {}

  /** @param category the list of this category alone */
  list(query: ProductListQueryDto, category?: string): Promise<Page<Product>> {
    return this.products.list(query, toProduct, category);
  }

  async get(id: string): Promise<Versioned<Product>> {
    return versioned(await this.find(id));
  }

  async create(product: ProductDto): Promise<Versioned<Product>> {
    const now = Date.now();
    const { stock } = product;
    const row = { ...allFields(product), stock, id: newId(), version: 1, created_at: now, updated_at: now };
    const created = await this.products.insert(row);
    await this.cache.removeProducts([created.id]);
    return versioned(created);
  }

  /**
   * Replaces every member; an omitted description is removed.
   * @throws Problem As {@link merge}
   */
  replace(
    id: string,
    product: ProductReplacementDto,
    preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    return this.write(id, product, allFields(product), preconditions);
  }

  /**
   * Writes only the members in `changes`, so that concurrent reservations of stock are kept.
   * @throws Problem `not-found`, `precondition-failed`, `insufficient-stock`, or `validation-failed` for a
   * read-only member
   */
  merge(id: string, changes: ProductPatchDto, preconditions: Preconditions): Promise<Versioned<Product>> {
    return this.write(id, changes, fieldsIn(changes), preconditions);
  }

  async remove(id: string, preconditions: Preconditions): Promise<void> {
    await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.products.remove(current),
    });
    await this.cache.removeProducts([id]);
  }

  private async write(
    id: string,
    sent: ProductPatchDto,
    fields: Partial<ProductFields>,
    preconditions: Preconditions,
  ): Promise<Versioned<Product>> {
    const row = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current, seenStock) => {
        requireUnchanged(toProduct(current), sent);
        const stock = stockChangeOf(current, sent, seenStock);
        return this.products.update(current, fields, stock, Date.now());
      },
    });
    await this.cache.removeProducts([id]);
    return versioned(row);
  }

  private async find(id: string): Promise<ProductRow> {
    const row = await this.products.find(id);
    if (!row) throw noSuchProduct();
    return row;
  }
}

// Currencies are compared as text, and validation accepts any case.
const allFields = (product: ProductDto): ProductFields => ({
  name: product.name,
  description: product.description ?? null,
  category: product.category,
  price: product.price,
  currency: product.currency.toUpperCase(),
});

const fieldsIn = (changes: ProductPatchDto): Partial<ProductFields> => ({
  ...(changes.name !== undefined && { name: changes.name }),
  ...(changes.description !== undefined && { description: changes.description }),
  ...(changes.category !== undefined && { category: changes.category }),
  ...(changes.price !== undefined && { price: changes.price }),
  ...(changes.currency !== undefined && { currency: changes.currency.toUpperCase() }),
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

const versioned = (row: ProductRow): Versioned<Product> =>
  new Versioned(row.version, toProduct(row), row.stock);
