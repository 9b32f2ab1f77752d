import { Injectable } from '@nestjs/common';
import { Neighbours, TypedClient } from '#registry-client';
import { idFrom, type StoredValues } from '#service-kit';
import type { ProductServicePaths, UserServicePaths } from '#shop-contracts';
import { OrderListQueryDto } from '../store/order-list.query.js';
import { OrdersRepository } from '../store/orders.repository.js';

export const ORDER_ID = idFrom('/orders');
export const USER_ID = idFrom('/users');
export const PRODUCT_ID = idFrom('/products');

const TIMEOUT_MS = 400;
/** So many products are looked at for one in stock. */
const PRODUCTS = 20;

/** Ids with which the examples of the document succeed. */
@Injectable()
export class ExampleIds {
  private readonly users: TypedClient<UserServicePaths>;
  private readonly products: TypedClient<ProductServicePaths>;

  constructor(
    private readonly orders: OrdersRepository,
    neighbours: Neighbours,
  ) {
    this.users = new TypedClient('user-service', neighbours);
    this.products = new TypedClient('product-service', neighbours);
  }

  async read(): Promise<StoredValues> {
    const ids = [this.orderId(), this.userId(), this.productId()];
    const [order, user, product] = await Promise.all(ids.map((id) => id.catch(() => undefined)));
    return { [ORDER_ID]: order, [USER_ID]: user, [PRODUCT_ID]: product };
  }

  /** The latest order that the examples can change, or the latest one. */
  private async orderId(): Promise<string | undefined> {
    const latest = async (filter: Partial<OrderListQueryDto>) => {
      const query = Object.assign(new OrderListQueryDto(), { limit: 1, sort: '-createdAt', ...filter });
      return (await this.orders.page(query)).items[0]?.id;
    };
    return (await latest({ status: 'confirmed' })) ?? latest({});
  }

  private async userId(): Promise<string | undefined> {
    const response = await this.users.call('GET', '/users', { query: { limit: 1 }, timeoutMs: TIMEOUT_MS });
    return response.status === 200 ? response.body.items[0]?.id : undefined;
  }

  private async productId(): Promise<string | undefined> {
    const query = { limit: PRODUCTS };
    const response = await this.products.call('GET', '/products', { query, timeoutMs: TIMEOUT_MS });
    return response.status === 200 ? response.body.items.find(({ stock }) => stock > 0)?.id : undefined;
  }
}
