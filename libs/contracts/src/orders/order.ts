import { IsIn } from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { MayBeAbsent } from '../validation/optional.js';
import { AreItems, ReservationDto, type ItemDto } from '../products/reservation.js';

/** An order moves along the first five, or ends as one of the last two. */
export const ORDER_STATUSES = [
  'pending',
  'confirmed',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'rejected',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** One line of an order; `unitPrice` is `null` until the product service was asked. Minor units. */
export interface OrderItem {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: number | null;
}

/** An order as `/orders` answers it. */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** Why the order is `rejected`, or still `pending`; else `null`. */
  readonly statusReason: string | null;
  readonly items: readonly OrderItem[];
  /** Sum of the items, minor units of `currency`; both `null` until priced. */
  readonly total: number | null;
  readonly currency: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Body of `POST /orders`. Prices come from the product service, never from the client. */
export class OrderDto extends ReservationDto {
  @IsText({ max: 128 })
  userId!: string;
}

/**
 * Body of `PUT /orders/{id}`: a client can set the status alone, everything else of an order is history. The other members
 * of `POST` may come along, as they do from a client that read, changed and wrote back; they must be what stands.
 */
export class OrderReplacementDto {
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;

  @MayBeAbsent()
  @IsText({ max: 128 })
  userId?: string;

  @MayBeAbsent()
  @AreItems()
  items?: ItemDto[];
}

/** Body of `PATCH /orders/{id}` (RFC 7396). */
export class OrderPatchDto {
  @MayBeAbsent()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;
}
