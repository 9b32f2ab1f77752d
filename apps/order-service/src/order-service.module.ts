import { Module, type DynamicModule } from '@nestjs/common';
import { Neighbours } from '#registry-client';
import type { AppContext } from '#service-kit';
import { OrderRequestsRepository } from './idempotency/order-requests.repository.js';
import { Replays } from './idempotency/replays.js';
import { NeighboursCloser } from './neighbours/neighbours-closer.js';
import { NeighbourStockKeeper, StockKeeper } from './neighbours/stock-keeper.js';
import { NeighbourUserDirectory, UserDirectory } from './neighbours/user-directory.js';
import { Clock, DatabaseClock } from './orders/clock.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersRepository } from './orders/orders.repository.js';
import { OrdersService } from './orders/orders.service.js';
import { OrderWorkRepository } from './placement/order-work.repository.js';
import { LOGGER, PendingOrders } from './placement/pending-orders.js';
import { PendingWork } from './placement/pending-work.js';
import { PlacementService } from './placement/placement.service.js';
import { PlacementSteps } from './placement/placement-steps.js';
import { StockReleaser } from './placement/stock-releaser.js';

const parts = [
  OrdersRepository,
  OrdersService,
  OrderRequestsRepository,
  Replays,
  OrderWorkRepository,
  PlacementSteps,
  PlacementService,
  StockReleaser,
  PendingWork,
  PendingOrders,
  NeighboursCloser,
];

/** Composition root of the order service. */
@Module({})
export class OrderServiceModule {
  static of({ registry, logger }: AppContext): DynamicModule {
    return {
      module: OrderServiceModule,
      controllers: [OrdersController],
      providers: [
        ...parts,
        { provide: Neighbours, useFactory: () => new Neighbours(registry) },
        { provide: Clock, useClass: DatabaseClock },
        { provide: UserDirectory, useClass: NeighbourUserDirectory },
        { provide: StockKeeper, useClass: NeighbourStockKeeper },
        { provide: LOGGER, useValue: logger },
      ],
    };
  }
}
