import type { Charged, ChargedElsewhere, Charges, LimitStore } from '../limit-store.js';
import { StoreClock } from '../store-clock.js';

/** Time that a request to the store takes until it is applied, and the response after that. */
export interface Delays {
  readonly requestMs: number;
  readonly responseMs: number;
}

/** A server that does what `charge.lua` does, on the clock of a spec. */
export class ModelServer {
  isAvailable = true;
  delays: Delays = { requestMs: 1, responseMs: 0 };
  /** Difference of the server's clock to that of the gateways. */
  clockMs = 1_000_000;
  /** Messages delivered so far, of both directions. */
  delivered = 0;
  readonly stores: ModelStore[] = [];
  private values = new Map<string, { readonly debt: number; readonly at: number }>();

  constructor(readonly now: () => number) {}

  /** The store as one gateway sees it. */
  open(): ModelStore {
    const store = new ModelStore(this);
    this.stores.push(store);
    return store;
  }

  forget(): void {
    this.values.clear();
  }

  apply({ charges, delayMs }: Charges, sentAt: number): Charged {
    const at = this.now() + this.clockMs;
    const passedMs = at - sentAt;
    const transitMs = passedMs < 0 || passedMs > 1000 ? 0 : passedMs;
    const debts = charges.map(({ key, cost, ageMs, least, drainPerMs }) => {
      const known = this.values.get(key);
      const drained = known ? known.debt - Math.max(0, at - known.at) * drainPerMs : -Infinity;
      const lowest = -Math.max(ageMs + transitMs, known ? delayMs : 0) * drainPerMs;
      const debt = Math.max(drained, least - transitMs * drainPerMs, lowest) + cost;
      this.values.set(key, { debt, at });
      return debt;
    });
    return { debts, at, gateways: this.stores.length };
  }

  /** Calls `listener` when `ms` have passed. */
  deliver(ms: number, listener: () => void): void {
    setTimeout(() => {
      this.delivered += 1;
      listener();
    }, ms);
  }
}

class ModelStore implements LimitStore {
  private readonly clock = new StoreClock();
  private listener: (charged: ChargedElsewhere) => void = () => undefined;

  constructor(private readonly server: ModelServer) {
    this.clock.measure(server.now() + server.clockMs, server.now(), server.now());
  }

  get isAvailable(): boolean {
    return this.server.isAvailable;
  }

  onCharged(listener: (charged: ChargedElsewhere) => void): void {
    this.listener = listener;
  }

  charge(charges: Charges): Promise<Charged> {
    const { server, clock } = this;
    const { requestMs, responseMs } = server.delays;
    const sentAt = server.now();
    return new Promise((resolve, reject) =>
      server.deliver(requestMs, () => {
        if (!server.isAvailable) {
          reject(new Error('down'));
          return;
        }
        const charged = server.apply(charges, clock.toStore(sentAt));
        this.tellOthers(charges, charged);
        server.deliver(responseMs, () => {
          clock.measure(charged.at, sentAt, server.now());
          resolve({ ...charged, at: clock.toLocal(charged.at) });
        });
      }),
    );
  }

  private tellOthers({ charges }: Charges, { debts, at }: Charged): void {
    const [keys, costs] = [charges.map(({ key }) => key), charges.map(({ cost }) => cost)];
    for (const store of this.server.stores.filter((each) => each !== this))
      this.server.deliver(this.server.delays.responseMs, () =>
        store.listener({ keys, costs, debts, at: store.clock.toLocal(at) }),
      );
  }
}
