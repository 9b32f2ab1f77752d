import { IsIn } from 'class-validator';
import { AcceptsReadOnlyMembers, IsText, IsWholeNumber, MayBeAbsent, MayBeRemoved } from '#contracts';
import { AreItems, ItemDto, ReservationDto } from '../products/reservation.js';

/** An order moves along the first five statuses, or ends in one of the last two. */
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

/** One line of an order. */
export interface OrderItem {
  readonly productId: string;
  readonly quantity: number;
  /** In minor units; `null` until the product service has returned the price. */
  readonly unitPrice: number | null;
  /**
   * Name of the product when its stock was reserved; for an order without a stored name the latest known one. `null`:
   * none is known.
   */
  readonly name: string | null;
}

/** An order as `/orders` returns it. */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** Why the order is `rejected`, or still `pending`; otherwise `null`. */
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

/** A line of an order in a request that repeats members of an earlier response. */
export class OrderItemDto extends ItemDto {
  @MayBeRemoved()
  @IsWholeNumber(0)
  unitPrice?: number | null;

  /** Ignored. */
  @MayBeRemoved()
  @IsText({ max: 200 })
  name?: string | null;
}

/**
 * Members that a change of an order may carry beside the status. They cannot be changed: a value that differs from
 * the stored order is an error. `updatedAt` and `statusReason` are ignored.
 */
@AcceptsReadOnlyMembers()
class OrderHistoryDto {
  @MayBeAbsent()
  @IsText({ max: 128 })
  userId?: string;

  @MayBeAbsent()
  @AreItems(OrderItemDto)
  items?: OrderItemDto[];

  @MayBeRemoved()
  @IsWholeNumber(0)
  total?: number | null;

  @MayBeRemoved()
  @IsText({ max: 3 })
  currency?: string | null;

  @MayBeRemoved()
  @IsText({ min: 0, max: 4000 })
  statusReason?: string | null;
}

/** Body of `PUT /orders/{id}`: the status, alone or with the other members of the order. */
export class OrderReplacementDto extends OrderHistoryDto {
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;
}

/** Body of `PATCH /orders/{id}` (RFC 7396): the status, alone or with other members of the order. */
export class OrderPatchDto extends OrderHistoryDto {
  @MayBeAbsent()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;
}
