import { IsText, MayBeAbsent } from '#contracts';
import { DescribeParameter } from '#service-kit';

/** The query of `GET /orders/stream`. */
export class OrderStreamQueryDto {
  @DescribeParameter({ description: 'orders of this user', example: '0197c0de-0000-7000-8000-000000000000' })
  @MayBeAbsent()
  @IsText({ max: 128 })
  userId?: string;
}
