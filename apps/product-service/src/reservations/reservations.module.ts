import { Module } from '@nestjs/common';
import { ReservationsController } from './reservations.controller.js';
import { ReservationsRepository } from './reservations.repository.js';
import { ReservationsService } from './reservations.service.js';

/** Stock taken for orders, and given back. */
@Module({ controllers: [ReservationsController], providers: [ReservationsService, ReservationsRepository] })
export class ReservationsModule {}
