import { Injectable } from '@nestjs/common';
import type { Problem } from '#contracts';
import type { ItemDto, Reservation, ReservedItem } from '#shop-contracts';
import { CatalogueCache } from '../catalogue/index.js';
import type { ProductRow, ReservationRow, ReservedItemRow } from '../store/product.schema.js';
import { insufficientStock } from '../store/stock.problems.js';
import {
  mixedCurrencies,
  noSuchReservation,
  reservationDiffers,
  reservationReleased,
  unknownProducts,
} from './reservations.problems.js';
import { ReservationsRepository } from './reservations.repository.js';

/**
 * Reserves stock for orders and releases it. A command may arrive twice, late, or concurrently with another one for
 * the same order: the reservation's row is the lock, and it is always locked before the products' rows.
 */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly reservations: ReservationsRepository,
    private readonly cache: CatalogueCache,
  ) {}

  async get(orderId: string): Promise<Reservation> {
    const reservation = await this.reservations.find(orderId);
    if (!reservation) throw noSuchReservation();
    return toReservation(reservation, await this.reservations.items(orderId));
  }

  /** Reserves all items, or none. An order that already holds exactly these items gets the same response. */
  async reserve(orderId: string, items: readonly ItemDto[]): Promise<Reservation> {
    await this.refuseUnavailable(orderId, items);
    const now = Date.now();
    const row: ReservationRow = { order_id: orderId, status: 'held', created_at: now, updated_at: now };
    const reservation = await this.reservations.atomically(async (reservations) => {
      if (!(await reservations.add(row))) return existingReservation(reservations, orderId, items);
      const products = await reserveAll(reservations, items);
      const rows = items.map((item, position) => reservedRow(orderId, position, item, products));
      await reservations.addItems(rows);
      return toReservation(row, rows);
    });
    // Also if the reservation existed: the first command may have ended between commit and purge.
    await this.cache.removeProducts(items.map(({ productId }) => productId));
    return reservation;
  }

  /** Releases what the order holds, once. An order without a reservation can never reserve stock afterwards. */
  async release(orderId: string): Promise<void> {
    const now = Date.now();
    const row: ReservationRow = { order_id: orderId, status: 'released', created_at: now, updated_at: now };
    const items = await this.reservations.atomically(async (reservations) => {
      if (await reservations.add(row)) return [];
      const reserved = await reservations.items(orderId);
      if (await reservations.markReleased(orderId, now)) await returnAll(reservations, reserved);
      return reserved;
    });
    if (items.length > 0) await this.cache.removeProducts(items.map(({ product_id }) => product_id));
  }

  // Outside a transaction: requests for a sold-out product take no lock, so their responses do not wait for other
  // buyers. Orders that have a reservation are left to the transaction.
  private async refuseUnavailable(orderId: string, items: readonly ItemDto[]): Promise<void> {
    const stock = await this.reservations.stockOf(items);
    const refusal = items.map((item) => refusalOf(item, items, stock)).find((problem) => problem);
    if (refusal && !(await this.reservations.find(orderId))) throw refusal;
  }
}

/** Why `item` cannot be reserved; `undefined` when it can. */
function refusalOf(
  item: ItemDto,
  items: readonly ItemDto[],
  stock: ReadonlyMap<string, number>,
): Problem | undefined {
  const available = stock.get(item.productId);
  if (available === undefined) return unknownProducts(items, new Set(stock.keys()));
  return available < item.quantity ? insufficientStock(item, available) : undefined;
}

async function returnAll(
  reservations: ReservationsRepository,
  items: readonly ReservedItemRow[],
): Promise<void> {
  const inOrder = items.toSorted((a, b) => (a.product_id < b.product_id ? -1 : 1));
  for (const item of inOrder) await reservations.returnStock(item);
}

async function existingReservation(
  reservations: ReservationsRepository,
  orderId: string,
  items: readonly ItemDto[],
): Promise<Reservation> {
  const reservation = await reservations.find(orderId);
  if (reservation?.status !== 'held') throw reservationReleased();
  const rows = await reservations.items(orderId);
  if (!areSame(rows, items)) throw reservationDiffers();
  return toReservation(reservation, rows);
}

type ReservedProducts = ReadonlyMap<string, ProductRow>;

async function reserveAll(
  reservations: ReservationsRepository,
  items: readonly ItemDto[],
): Promise<ReservedProducts> {
  const products = new Map<string, ProductRow>();
  // In the order of ids, so that two orders for the same products cannot deadlock.
  for (const item of [...items].sort(byProductId)) {
    products.set(item.productId, await reserveItem(reservations, item, items));
  }
  const currencies = new Set([...products.values()].map(({ currency }) => currency));
  if (currencies.size > 1) throw mixedCurrencies(currencies);
  return products;
}

async function reserveItem(
  reservations: ReservationsRepository,
  item: ItemDto,
  items: readonly ItemDto[],
): Promise<ProductRow> {
  for (;;) {
    const product = await reservations.removeStock(item);
    if (product) return product;
    const refusal = refusalOf(item, items, await reservations.stockOf(items));
    if (refusal) throw refusal;
    // Another transaction returned stock between the two statements: there is enough now.
  }
}

const byProductId = (a: ItemDto, b: ItemDto): number => (a.productId < b.productId ? -1 : 1);

const areSame = (rows: readonly ReservedItemRow[], items: readonly ItemDto[]): boolean =>
  rows.length === items.length &&
  items.every(({ productId, quantity }) =>
    rows.some((row) => row.product_id === productId && row.quantity === quantity),
  );

function reservedRow(
  orderId: string,
  position: number,
  item: ItemDto,
  products: ReservedProducts,
): ReservedItemRow {
  const { price, currency, name } = products.get(item.productId) as ProductRow;
  const { productId, quantity } = item;
  return {
    order_id: orderId,
    position,
    product_id: productId,
    quantity,
    unit_price: price,
    currency,
    name,
  };
}

const toItem = (row: ReservedItemRow): ReservedItem => ({
  productId: row.product_id,
  quantity: row.quantity,
  unitPrice: row.unit_price,
  currency: row.currency,
  name: row.name,
});

const toReservation = (
  { order_id, status }: ReservationRow,
  rows: readonly ReservedItemRow[],
): Reservation => ({ orderId: order_id, status, items: rows.map(toItem) });
