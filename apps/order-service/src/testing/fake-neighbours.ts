import { ServiceUnreachable } from '#registry-client';
import type { ItemDto, ReservedItem } from '#shop-contracts';
import { ProductCatalogue, type ListedProduct, type ProductPage } from '../neighbours/product-catalogue.js';
import { StockReservations } from '../neighbours/stock-reservations.js';
import { UserDirectory } from '../neighbours/user-directory.js';
import { insufficientStock, reservationReleased, unknownProduct } from '../model/orders.problems.js';

/**
 * Fault of one command: `not-received`: it is never received; `response-lost`: it is carried out and the response is lost;
 * `crash`: this process crashes right after it is carried out.
 */
export type Fault = 'not-received' | 'response-lost' | 'crash';

export class Crash extends Error {}

async function runWithFault<T>(fault: Fault | undefined, service: string, command: () => T): Promise<T> {
  // Lets other tasks run here, as they would during a real request.
  await new Promise((resolve) => setImmediate(resolve));
  if (fault === 'not-received') throw new ServiceUnreachable(service, 'refused');
  const result = command();
  if (fault === 'response-lost') throw new ServiceUnreachable(service, 'timeout');
  if (fault === 'crash') throw new Crash();
  return result;
}

/** Every user exists unless listed in `unknown`. */
export class FakeUsers extends UserDirectory {
  fault: Fault | undefined;
  readonly unknown = new Set<string>();
  /** Delays responses. */
  gate: Promise<void> = Promise.resolve();
  /** Number of calls of `isDeleted`. */
  calls = 0;
  /** Runs before each response of `isDeleted`; an error of it is the response. */
  onCall: ((userId: string) => void) | undefined;

  override async exists(userId: string): Promise<boolean> {
    await this.gate;
    return runWithFault(this.fault, 'user-service', () => !this.unknown.has(userId));
  }

  override isDeleted(userId: string): Promise<boolean> {
    this.calls += 1;
    return runWithFault(this.fault, 'user-service', () => {
      this.onCall?.(userId);
      return this.unknown.has(userId);
    });
  }
}

/** The list of `products`, two on each page. The cursor is the index of the next one. */
export class FakeCatalogue extends ProductCatalogue {
  fault: Fault | undefined;
  readonly products: ListedProduct[] = [];
  /** Cursors of all requests. */
  readonly requested: (string | null)[] = [];
  /** Delays the responses to requests with a cursor. */
  readonly gates = new Map<string | null, Promise<void>>();

  override async page(cursor: string | null): Promise<ProductPage> {
    this.requested.push(cursor);
    const start = Number(cursor);
    const end = start + 2;
    const page = { items: this.products.slice(start, end), nextCursor: this.cursorAt(end) };
    await this.gates.get(cursor);
    return runWithFault(this.fault, 'product-service', () => page);
  }

  private cursorAt(index: number): string | null {
    return index < this.products.length ? String(index) : null;
  }
}

interface StockedProduct {
  stock: number;
  readonly unitPrice: number;
  readonly currency: string;
  name?: string;
}

/** Keeps stock by the rules of the product service: all items or none, one reservation per order, one release. */
export class FakeStock extends StockReservations {
  readonly products = new Map<string, StockedProduct>();
  readonly held = new Map<string, readonly ReservedItem[]>();
  readonly released = new Set<string>();
  /** Faults of the next commands, in order; `undefined` for success. */
  faults: (Fault | undefined)[] = [];
  /** Fault of every command without an entry in `faults`. */
  outage: Fault | undefined;
  holds = 0;
  private concurrent = 0;
  maxConcurrent = 0;
  /** Delays responses to reservations. */
  gate: Promise<void> = Promise.resolve();

  override async reserve(orderId: string, items: readonly Pick<ItemDto, 'productId' | 'quantity'>[]) {
    this.holds += 1;
    this.maxConcurrent = Math.max(this.maxConcurrent, ++this.concurrent);
    const { gate } = this;
    try {
      const reserved = await runWithFault(this.nextFault(), 'product-service', () =>
        this.reserveAll(orderId, items),
      );
      await gate;
      return reserved;
    } finally {
      this.concurrent -= 1;
    }
  }

  override release(orderId: string): Promise<void> {
    return runWithFault(this.nextFault(), 'product-service', () => this.returnStock(orderId));
  }

  stockOf(productId: string): number {
    return this.products.get(productId)?.stock ?? 0;
  }

  private nextFault(): Fault | undefined {
    return this.faults.shift() ?? this.outage;
  }

  private reserveAll(orderId: string, items: readonly Pick<ItemDto, 'productId' | 'quantity'>[]) {
    if (this.released.has(orderId)) throw reservationReleased();
    const before = this.held.get(orderId);
    if (before) return before;
    const reserved = items.map((item) => this.reserveItem(item));
    for (const { productId, quantity } of items) this.add(productId, -quantity);
    this.held.set(orderId, reserved);
    return reserved;
  }

  private reserveItem({ productId, quantity }: Pick<ItemDto, 'productId' | 'quantity'>): ReservedItem {
    const product = this.products.get(productId);
    if (!product) throw unknownProduct(`product ${productId} does not exist`, { extensions: { productId } });
    if (product.stock < quantity)
      throw insufficientStock(`too little of ${productId}`, { extensions: { productId } });
    const { unitPrice, currency, name = `name of ${productId}` } = product;
    return { productId, quantity, unitPrice, currency, name };
  }

  private add(productId: string, pieces: number): void {
    const product = this.products.get(productId);
    if (product) product.stock += pieces;
  }

  private returnStock(orderId: string): void {
    for (const { productId, quantity } of this.held.get(orderId) ?? []) this.add(productId, quantity);
    this.held.delete(orderId);
    this.released.add(orderId);
  }
}
