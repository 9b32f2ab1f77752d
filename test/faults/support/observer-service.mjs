/**
 * A service that records each event of the shop in its store, and whose handler sometimes fails: effects that happen twice,
 * in another order or never are visible in its table `effects`.
 */
import { Controller, Inject, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { defineService, HandledEvents, OnEvent } from '#service-kit';
import { SHOP_EVENTS } from '#shop-contracts';

const FAILURES = 0.02;

class Observer {
  constructor(handled) {
    this.handled = handled;
  }

  observe(event) {
    return this.handled.once(event, async (trx) => {
      const { source, subject, sequence, id } = event;
      await trx.insertInto('effects').values({ source, subject, sequence, id }).execute();
      if (Math.random() < FAILURES) throw new Error('a failure of the drill');
    });
  }
}

const { observe } = Object.getOwnPropertyDescriptors(Observer.prototype);
Controller()(Observer);
Inject(HandledEvents)(Observer, undefined, 0);
Payload()(Observer.prototype, 'observe', 0);
OnEvent(...Object.values(SHOP_EVENTS).flat())(Observer.prototype, 'observe', observe);

class ObserverModule {}
Module({ controllers: [Observer] })(ObserverModule);

export const observer = defineService({
  name: 'event-observer',
  version: '1.0.0',
  portVariable: 'OBSERVER_PORT',
  defaultPort: 0,
  hasEvents: true,
  migrations: {
    '0001-effects': {
      up: async (db) => {
        await db.schema
          .createTable('effects')
          .addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('source', 'text')
          .addColumn('subject', 'text')
          .addColumn('sequence', 'text')
          .addColumn('id', 'text')
          .execute();
      },
    },
  },
  module: () => ({ module: ObserverModule }),
});
