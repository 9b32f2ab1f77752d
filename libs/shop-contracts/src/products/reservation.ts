import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsObject, ValidateNested } from 'class-validator';
import { IsText, IsWholeNumber } from '#contracts';

const applyAll =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, property) =>
    decorators.forEach((decorate) => decorate(target, property));

/** Limits of an order: different products, and pieces of one product. */
export const MAX_ORDER_ITEMS = 100;
export const MAX_QUANTITY = 10_000;

/** A product and a number of pieces of it. */
export class ItemDto {
  @IsText({ max: 128 })
  productId!: string;

  @IsWholeNumber(1, MAX_QUANTITY)
  quantity!: number;
}

/** The items of an order or a reservation: at least one, each product once. */
export const AreItems = (Item: typeof ItemDto = ItemDto): PropertyDecorator =>
  applyAll(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MAX_ORDER_ITEMS),
    // Without this check a nested list would pass: only its elements are validated, and it may have none.
    IsObject({ each: true }),
    ArrayUnique((item: ItemDto | null) => item?.productId),
    ValidateNested({ each: true }),
    Type(() => Item),
  );

/**
 * Body of `PUT /stock-reservations/{orderId}` of the product service, the service-to-service command that reserves
 * all items, or none. Repeating it changes nothing. `DELETE` on the same path returns the stock once.
 */
export class ReservationDto {
  @AreItems()
  items!: ItemDto[];
}

/** One product as it was when the stock was reserved. */
export interface ReservedItem {
  readonly productId: string;
  readonly quantity: number;
  /** Integer in minor units. */
  readonly unitPrice: number;
  readonly currency: string;
  /** Absent or `null` if a product service without names made the reservation. */
  readonly name?: string | null;
}

/** Response to the reservation command. */
export interface Reservation {
  readonly orderId: string;
  readonly status: 'held' | 'released';
  readonly items: readonly ReservedItem[];
}
