import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { CloudEvent } from '#contracts';
import { HandledEvents, OnEvent } from '#service-kit';
import { productChanged, productCreated, type ProductEventData } from '#shop-contracts';
import type { OrdersSchema } from '../store/orders.schema.js';
import { storeProduct } from '../store/product-copies.js';

/** Keeps the copies of products. Not of deletions: orders of a deleted product still show its last name. */
@Controller()
export class ProductEvents {
  constructor(private readonly handled: HandledEvents) {}

  @OnEvent(productCreated, productChanged)
  store(@Payload() event: CloudEvent<ProductEventData>): Promise<void> {
    return this.handled.once<OrdersSchema>(event, (trx) => storeProduct(event.data, trx));
  }
}
