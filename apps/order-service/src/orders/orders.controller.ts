import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  DescribeOperation,
  invalidCursorKind,
  pageOf,
  PathText,
  Preconditions,
  RequestCaller,
  RequestPreconditions,
  Versioned,
  type Caller,
  type Page,
} from '#service-kit';
import { OrderDto, OrderPatchDto, OrderReplacementDto, type Order, type OrderStatus } from '#shop-contracts';
import { IdempotencyKey } from '../idempotency/idempotency-key.js';
import { storedKeyOf } from '../store/stored-key.js';
import { REPLAYED_HEADER } from '../idempotency/replays.js';
import { PlacementService } from '../placement/placement.service.js';
import {
  illegalTransitionKind,
  insufficientStockKind,
  mixedCurrenciesKind,
  orderAccessDeniedKind,
  orderImmutableKind,
  overloadedKind,
  reservationReleasedKind,
  unknownProductKind,
  unknownUserKind,
} from '../model/orders.problems.js';
import { invalidKeyKind, keyReusedKind, stillInFlightKind } from '../idempotency/idempotency.problems.js';
import { OrderListQueryDto } from '../store/order-list.query.js';
import { CallerAccess, OrderAccess } from './order-access.js';
import { PRODUCT_ID, USER_ID } from './example-ids.js';
import { ORDER } from './order.document.js';
import { OrdersService } from './orders.service.js';

const IDS =
  'The example has the ids of a user and of a product in stock, if the system has some: `userId` is from `GET /users` of ' +
  'the user service, `productId` from `GET /products` of the product service. `npm run seed` adds both.';

const EXAMPLE: OrderDto = {
  userId: USER_ID,
  items: [{ productId: PRODUCT_ID, quantity: 1 }],
};

/** The next status of an order that has just been placed. */
const PAID = { status: 'paid' } satisfies OrderPatchDto;

/** `/orders` */
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly placement: PlacementService,
  ) {}

  /**
   * 201: user checked, stock reserved, prices known. 202: a called service is unreachable; the order is
   * completed later.
   */
  @DescribeOperation({
    summary: 'Place an order',
    description: IDS,
    example: EXAMPLE,
    status: 201,
    also: { 202: 'accepted: another service is unavailable; the order is completed automatically later' },
    body: ORDER,
    versioned: true,
    headers: {
      'Idempotency-Key':
        'a repeated key within 24 hours returns the same response and creates no second order',
    },
    problems: [
      invalidKeyKind,
      orderAccessDeniedKind,
      insufficientStockKind,
      reservationReleasedKind,
      stillInFlightKind,
      unknownUserKind,
      unknownProductKind,
      mixedCurrenciesKind,
      keyReusedKind,
      overloadedKind,
    ],
  })
  @Post()
  async place(
    @Body() body: OrderDto,
    @CallerAccess() access: OrderAccess,
    @RequestCaller() caller: Caller | undefined,
    @IdempotencyKey() key: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<Order>> {
    access.requireOwner(body.userId);
    const { status, order, version, namesVersion, replayed } = await this.placement.place({
      body,
      ...(key !== undefined && { key: storedKeyOf(key, caller), sentKey: key }),
      requestId: request.id,
    });
    void reply.status(status).header('location', `/orders/${order.id}`);
    if (replayed) void reply.header(REPLAYED_HEADER, 'true');
    return new Versioned(version, order, namesVersion);
  }

  @DescribeOperation({
    summary: 'List orders; users get their own',
    body: pageOf(ORDER),
    query: OrderListQueryDto,
    problems: [invalidCursorKind, orderAccessDeniedKind],
  })
  @Get()
  list(@Query() query: OrderListQueryDto, @CallerAccess() access: OrderAccess): Promise<Page<Order>> {
    return this.orders.list(query, access.owner);
  }

  @DescribeOperation({
    summary: 'List the orders of a user; 404 for an unknown user without orders',
    body: pageOf(ORDER),
    path: { userId: USER_ID },
    query: OrderListQueryDto,
    problems: [404, invalidCursorKind, orderAccessDeniedKind],
  })
  @Get('user/:userId')
  listOfUser(
    @Param('userId', PathText) userId: string,
    @Query() query: OrderListQueryDto,
    @CallerAccess() access: OrderAccess,
    @Req() request: FastifyRequest,
  ): Promise<Page<Order>> {
    access.requireKnown(userId);
    return this.orders.listOfUser(userId, query, request.id);
  }

  @DescribeOperation({
    summary: 'Get an order',
    body: ORDER,
    versioned: true,
    problems: [404, orderAccessDeniedKind],
  })
  @Get(':id')
  async get(
    @Param('id', PathText) id: string,
    @CallerAccess() access: OrderAccess,
  ): Promise<Versioned<Order>> {
    return access.admit(await this.orders.get(id));
  }

  @DescribeOperation({
    summary: 'Set the status of an order',
    example: PAID,
    body: ORDER,
    versioned: true,
    problems: [404, orderAccessDeniedKind, illegalTransitionKind, orderImmutableKind],
  })
  @Put(':id')
  async replace(
    @Param('id', PathText) id: string,
    @CallerAccess() access: OrderAccess,
    @Body() body: OrderReplacementDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Order>> {
    await this.requireChange(id, access, body.status);
    return this.orders.change(id, body, preconditions);
  }

  @DescribeOperation({
    summary: 'Change the status of an order',
    example: PAID,
    body: ORDER,
    versioned: true,
    problems: [404, orderAccessDeniedKind, illegalTransitionKind, orderImmutableKind],
  })
  @Patch(':id')
  async move(
    @Param('id', PathText) id: string,
    @CallerAccess() access: OrderAccess,
    @Body() body: OrderPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Order>> {
    await this.requireChange(id, access, body.status);
    return this.orders.change(id, body, preconditions);
  }

  /** Cancels the order; orders are never deleted. */
  @DescribeOperation({
    summary: 'Cancel an order and release its stock',
    status: 204,
    versioned: true,
    problems: [404, orderAccessDeniedKind, illegalTransitionKind],
  })
  @Delete(':id')
  @HttpCode(204)
  async cancel(
    @Param('id', PathText) id: string,
    @CallerAccess() access: OrderAccess,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.requireChange(id, access, 'cancelled');
    await this.orders.move(id, 'cancelled', preconditions);
  }

  /** Before a change. An order has no status twice, so the check holds for it. @throws as {@link OrderAccess.requireChange} */
  private async requireChange(id: string, access: OrderAccess, to: OrderStatus | undefined): Promise<void> {
    if (access.owner !== undefined) access.requireChange(await this.orders.get(id), to);
  }
}
