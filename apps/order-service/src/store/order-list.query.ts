import { IsIn } from 'class-validator';
import { IsText, MayBeAbsent } from '#contracts';
import {
  creationTimes,
  DescribeParameter,
  IsSortOf,
  ListQueryDto,
  type ListDefinition,
  type ListFilters,
} from '#service-kit';
import { ORDER_STATUSES, type OrderStatus } from '#shop-contracts';
import { ORDER_PRODUCTS } from './order-list.migration.js';

/** `/orders` */
export const ORDER_LIST: ListDefinition = {
  table: 'orders',
  sorts: { createdAt: 'created_at', total: 'sort_total' },
  indexedFilters: ['user_id', 'status'],
  visible: { column: 'withdrawn', value: 0 },
};

const ID = '0197c0de-0000-7000-8000-000000000000';

/** The query of `GET /orders`. */
export class OrderListQueryDto extends ListQueryDto {
  @DescribeParameter({ description: 'orders with this status', example: 'paid' })
  @MayBeAbsent()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  @DescribeParameter({ description: 'orders of this user', example: ID })
  @MayBeAbsent()
  @IsText({ max: 128 })
  userId?: string;

  @DescribeParameter({ description: 'orders of this product', example: ID })
  @MayBeAbsent()
  @IsText({ max: 128 })
  productId?: string;

  @IsSortOf(ORDER_LIST)
  override sort?: string;
}

export const filtersOf = ({ userId, status, productId, ...query }: OrderListQueryDto): ListFilters => ({
  equal: { user_id: userId, status },
  ranges: { createdAt: creationTimes(query) },
  lookup: productId === undefined ? undefined : { by: ORDER_PRODUCTS, keys: [productId] },
});
