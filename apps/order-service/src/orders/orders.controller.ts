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
  OrderDto,
  OrderPatchDto,
  OrderReplacementDto,
  PageQueryDto,
  type Order,
  type Page,
} from '#contracts';
import { PathText, Preconditions, RequestPreconditions, Versioned } from '#service-kit';
import { IdempotencyKey } from '../idempotency/idempotency-key.js';
import { REPLAYED_HEADER } from '../idempotency/replays.js';
import { PlacementService } from '../placement/placement.service.js';
import { OrdersService } from './orders.service.js';

/** `/orders` */
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly placement: PlacementService,
  ) {}

  /** 201: user checked, stock held, priced. 202: a neighbour is away; the order is finished later, by itself. */
  @Post()
  async place(
    @Body() body: OrderDto,
    @IdempotencyKey() key: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Versioned<Order>> {
    const { status, order, version, replayed } = await this.placement.place({
      body,
      key,
      requestId: request.id,
    });
    void reply.status(status).header('location', `/orders/${order.id}`);
    if (replayed) void reply.header(REPLAYED_HEADER, 'true');
    return new Versioned(version, order);
  }

  @Get()
  list(@Query() query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.list(query);
  }

  @Get('user/:userId')
  listOfUser(@Param('userId', PathText) userId: string, @Query() query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.listOfUser(userId, query);
  }

  @Get(':id')
  get(@Param('id', PathText) id: string): Promise<Versioned<Order>> {
    return this.orders.get(id);
  }

  @Put(':id')
  replace(
    @Param('id', PathText) id: string,
    @Body() body: OrderReplacementDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Order>> {
    return this.orders.replace(id, body, preconditions);
  }

  @Patch(':id')
  move(
    @Param('id', PathText) id: string,
    @Body() { status }: OrderPatchDto,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<Versioned<Order>> {
    return this.orders.move(id, status, preconditions);
  }

  /** Cancels: an order is never gone. */
  @Delete(':id')
  @HttpCode(204)
  async cancel(
    @Param('id', PathText) id: string,
    @RequestPreconditions() preconditions: Preconditions,
  ): Promise<void> {
    await this.orders.move(id, 'cancelled', preconditions);
  }
}
