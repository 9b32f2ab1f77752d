import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { DescribeOperation, PathText } from '#service-kit';
import { ReservationDto, type Reservation } from '#shop-contracts';
import { insufficientStockKind } from '../store/stock.problems.js';
import { RESERVATION } from './reservation.document.js';
import {
  mixedCurrenciesKind,
  reservationDiffersKind,
  reservationReleasedKind,
  unknownProductKind,
} from './reservations.problems.js';
import { ReservationsService } from './reservations.service.js';

/** `/stock-reservations/{orderId}`: idempotent commands for the order service. */
@Controller('stock-reservations')
export class ReservationsController {
  constructor(private readonly reservations: ReservationsService) {}

  @DescribeOperation({ summary: 'Get the stock reservation of an order', body: RESERVATION, problems: [404] })
  @Get(':orderId')
  get(@Param('orderId', PathText) orderId: string): Promise<Reservation> {
    return this.reservations.get(orderId);
  }

  @DescribeOperation({
    summary: 'Reserve all items of an order, or none',
    body: RESERVATION,
    problems: [
      404,
      insufficientStockKind,
      reservationDiffersKind,
      reservationReleasedKind,
      unknownProductKind,
      mixedCurrenciesKind,
    ],
  })
  @Put(':orderId')
  hold(@Param('orderId', PathText) orderId: string, @Body() { items }: ReservationDto): Promise<Reservation> {
    return this.reservations.reserve(orderId, items);
  }

  @DescribeOperation({
    summary: 'Release the stock reservation of an order, once',
    status: 204,
    problems: [404],
  })
  @Delete(':orderId')
  @HttpCode(204)
  release(@Param('orderId', PathText) orderId: string): Promise<void> {
    return this.reservations.release(orderId);
  }
}
