import { Injectable } from '@nestjs/common';
import { Neighbours, ServiceUnreachable, TypedClient } from '#registry-client';
import type { Product, ProductServicePaths } from '#shop-contracts';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

const PAGE_SIZE = 200;
/** How often the list is read from its start again before that counts as a failure. */
const MAX_RESTARTS = 2;

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
   * @throws Error if the service rejects its own cursors repeatedly
   */
  abstract page(cursor: string | null): Promise<ProductPage>;
}

/** Calls the product service over HTTP. */
@Injectable()
export class NeighbourProductCatalogue extends ProductCatalogue {
  private readonly service: TypedClient<ProductServicePaths>;
  /** Since the last complete list or failure. */
  private restarts = 0;

  constructor(neighbours: Neighbours) {
    super();
    this.service = new TypedClient('product-service', neighbours);
  }

  override async page(cursor: string | null): Promise<ProductPage> {
    const response = await this.service.call('GET', '/products', {
      query: { limit: PAGE_SIZE, ...(cursor !== null && { cursor }) },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    });
    if (response.status === 200) {
      if (response.body.nextCursor === null) this.restarts = 0;
      return response.body;
    }
    // A cursor of another version of the product service.
    if (response.status === 400 && cursor !== null) return this.restart();
    throw new ServiceUnreachable(
      'product-service',
      'unavailable',
      new Error(`received status ${response.status}`),
    );
  }

  /** Without a limit, a service that rejects every cursor would be asked for its first page forever. */
  private restart(): Promise<ProductPage> {
    this.restarts += 1;
    if (this.restarts <= MAX_RESTARTS) return this.page(null);
    this.restarts = 0;
    throw new Error('the product service rejects the cursors of its list of products');
  }
}
