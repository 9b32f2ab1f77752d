import { Module } from '@nestjs/common';
import { ReservationsController } from './reservations.controller.js';
import { ReservationsRepository } from './reservations.repository.js';
import { ReservationsService } from './reservations.service.js';

/** Reservation and release of stock for orders. */
@Module({ controllers: [ReservationsController], providers: [ReservationsService, ReservationsRepository] })
export class ReservationsModule {}
