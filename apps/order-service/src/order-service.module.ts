import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Neighbours } from '#registry-client';
import { AppReport, type AppContext } from '#service-kit';
import { BackfillProgress } from './backfill/backfill-progress.js';
import { Backfills } from './backfill/backfills.js';
import { DeletedUsersBackfill } from './backfill/deleted-users.backfill.js';
import { ProductCopiesBackfill } from './backfill/product-copies.backfill.js';
import { OrderRequestsRepository } from './idempotency/order-requests.repository.js';
import { Replays } from './idempotency/replays.js';
import { OrderStreamController } from './live/order-stream.controller.js';
import { NeighbourProductCatalogue, ProductCatalogue } from './neighbours/product-catalogue.js';
import { NeighbourStockReservations, StockReservations } from './neighbours/stock-reservations.js';
import { NeighbourUserDirectory, UserDirectory } from './neighbours/user-directory.js';
import { ExampleIds } from './orders/example-ids.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { ProductEvents } from './orders/product.events.js';
import { UserEvents } from './orders/user.events.js';
import { LOGGER, PendingOrders } from './placement/pending-orders.js';
import { PendingWork } from './placement/pending-work.js';
import { PlacementSteps } from './placement/placement-steps.js';
import { PlacementService } from './placement/placement.service.js';
import { StockReleaser } from './placement/stock-releaser.js';
import { SqlClock, DatabaseClock } from './store/sql-clock.js';
import { ItemNames } from './store/item-names.js';
import { OrderWorkRepository } from './store/order-work.repository.js';
import { OrdersRepository } from './store/orders.repository.js';

const parts = [
  OrdersRepository,
  OrdersService,
  ExampleIds,
  OrderRequestsRepository,
  Replays,
  OrderWorkRepository,
  PlacementSteps,
  PlacementService,
  StockReleaser,
  PendingWork,
  PendingOrders,
  ItemNames,
  BackfillProgress,
  ProductCopiesBackfill,
  DeletedUsersBackfill,
  Backfills,
];

/** Composition root of the order service. */
@Module({})
export class OrderServiceModule implements OnApplicationShutdown {
  constructor(private readonly neighbours: Neighbours) {}

  static of({ registry, logger, report }: AppContext): DynamicModule {
    return {
      module: OrderServiceModule,
      controllers: [OrderStreamController, OrdersController, UserEvents, ProductEvents],
      providers: [
        ...parts,
        { provide: Neighbours, useFactory: () => new Neighbours(registry, report.calls) },
        { provide: SqlClock, useClass: DatabaseClock },
        { provide: ProductCatalogue, useClass: NeighbourProductCatalogue },
        { provide: UserDirectory, useClass: NeighbourUserDirectory },
        { provide: StockReservations, useClass: NeighbourStockReservations },
        { provide: LOGGER, useValue: logger },
        { provide: AppReport, useValue: report },
      ],
    };
  }

  /** Closes the connections to other services after the last response was sent. */
  async onApplicationShutdown(): Promise<void> {
    await this.neighbours.close();
  }
}
