import { Injectable } from '@nestjs/common';
import { ProductCatalogue } from '../neighbours/product-catalogue.js';
import { addListedProducts } from '../store/product-copies.js';
import type { Backfill, BackfillPart } from './backfill.js';

/** Copies the products that existed before the order service received their events. */
@Injectable()
export class ProductCopiesBackfill implements Backfill {
  readonly name = 'product-copies';

  constructor(private readonly catalogue: ProductCatalogue) {}

  /** @param position cursor of the page after the one before */
  async next(position: string | null): Promise<BackfillPart> {
    const { items, nextCursor } = await this.catalogue.page(position);
    return { position: nextCursor, records: items.length, store: (trx) => addListedProducts(items, trx) };
  }
}
