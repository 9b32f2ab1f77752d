import { Injectable } from '@nestjs/common';
import { Neighbours, ServiceUnreachable, TypedClient } from '#registry-client';
import type { Product, ProductServicePaths } from '#shop-contracts';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

const PAGE_SIZE = 200;

/** A product as far as orders need it. */
export type ListedProduct = Pick<Product, 'id' | 'name'>;

/** A page of the list of all products. */
export interface ProductPage {
  readonly items: readonly ListedProduct[];
  readonly nextCursor: string | null;
}

/** The list of all products. */
export abstract class ProductCatalogue {
  /**
   * @param cursor that of the page before; `null`: the first page
   * @throws ServiceUnreachable
   */
  abstract page(cursor: string | null): Promise<ProductPage>;
}

/** Calls the product service over HTTP. */
@Injectable()
export class NeighbourProductCatalogue extends ProductCatalogue {
  private readonly service: TypedClient<ProductServicePaths>;

  constructor(neighbours: Neighbours) {
    super();
    this.service = new TypedClient('product-service', neighbours);
  }

  override async page(cursor: string | null): Promise<ProductPage> {
    const response = await this.service.call('GET', '/products', {
      query: { limit: PAGE_SIZE, ...(cursor !== null && { cursor }) },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    });
    if (response.status === 200) return response.body;
    // A cursor of another version of the product service.
    if (response.status === 400 && cursor !== null) return this.page(null);
    throw new ServiceUnreachable(
      'product-service',
      'unavailable',
      new Error(`received status ${response.status}`),
    );
  }
}
