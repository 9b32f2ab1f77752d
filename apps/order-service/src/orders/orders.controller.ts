import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
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
import { IdempotencyKey } from '../idempotency/idempotency-key.js';
import { REPLAYED_HEADER } from '../idempotency/replays.js';
import { PlacementService } from '../placement/placement.service.js';
import { OrdersService } from './orders.service.js';
import { etagOf, isKnown } from './preconditions.js';
import { viewOf, type StoredOrder } from './stored-order.js';

/** `/orders` of the contract. */
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
  ): Promise<Order> {
    const { status, order, version, replayed } = await this.placement.place({
      body,
      key,
      requestId: request.id,
    });
    void reply.status(status).header('location', `/orders/${order.id}`).header('etag', etagOf(version));
    if (replayed) void reply.header(REPLAYED_HEADER, 'true');
    return order;
  }

  @Get()
  list(@Query() query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.list(query);
  }

  @Get('user/:userId')
  listOfUser(@Param('userId') userId: string, @Query() query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.listOfUser(userId, query);
  }

  @Get(':id')
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order | undefined> {
    const order = await this.orders.get(id);
    void reply.header('etag', etagOf(order.version));
    if (!isKnown(ifNoneMatch, order.version)) return viewOf(order);
    void reply.status(304);
    return undefined;
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body() body: OrderReplacementDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    return tagged(await this.orders.replace(id, body, ifMatch), reply);
  }

  @Patch(':id')
  async move(
    @Param('id') id: string,
    @Body() { status }: OrderPatchDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    return tagged(await this.orders.move(id, status, ifMatch), reply);
  }

  /** Cancels: an order is never gone. */
  @Delete(':id')
  @HttpCode(204)
  async cancel(@Param('id') id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.orders.move(id, 'cancelled', ifMatch);
  }
}

function tagged(order: StoredOrder, reply: FastifyReply): Order {
  void reply.header('etag', etagOf(order.version));
  return viewOf(order);
}
