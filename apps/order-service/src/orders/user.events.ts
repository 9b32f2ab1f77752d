import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { CloudEvent } from '#contracts';
import { HandledEvents, OnEvent } from '#service-kit';
import { userDeleted, type UserEventData } from '#shop-contracts';
import { anonymiseOrders } from '../store/anonymise-orders.js';
import type { OrdersSchema } from '../store/orders.schema.js';

/** What the order service does when users change. */
@Controller()
export class UserEvents {
  constructor(private readonly handled: HandledEvents) {}

  @OnEvent(userDeleted)
  anonymise(@Payload() event: CloudEvent<UserEventData>): Promise<void> {
    return this.handled.once<OrdersSchema>(event, (trx) => anonymiseOrders(event.data.id, trx));
  }
}
