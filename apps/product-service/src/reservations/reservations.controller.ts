import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ReservationDto, type Reservation } from '#contracts';
import { PathText } from '#service-kit';
import { ReservationsService } from './reservations.service.js';

/** `/stock-reservations/{orderId}`: commands of the order service, safe to repeat. */
@Controller('stock-reservations')
export class ReservationsController {
  constructor(private readonly reservations: ReservationsService) {}

  @Get(':orderId')
  get(@Param('orderId', PathText) orderId: string): Promise<Reservation> {
    return this.reservations.get(orderId);
  }

  @Put(':orderId')
  hold(@Param('orderId', PathText) orderId: string, @Body() { items }: ReservationDto): Promise<Reservation> {
    return this.reservations.hold(orderId, items);
  }

  @Delete(':orderId')
  @HttpCode(204)
  release(@Param('orderId', PathText) orderId: string): Promise<void> {
    return this.reservations.release(orderId);
  }
}
