import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ItemDto } from '#shop-contracts';
import { call, MOUNTS, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

const TRACE = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=t61rcWkgMzE,other=00f067aa0ba902b7',
  baggage: 'tenant=acme;secret=no,region=kr%20south',
};
const fieldsOf = ({ traceparent, tracestate, baggage }: IncomingHttpHeaders) => ({
  traceparent,
  tracestate,
  baggage,
});

/** Requests that no order causes: health checks, and the backfill of product copies. */
const BACKGROUND = /health|^GET \/products\?/;

/** A server that registers as the user service and as the product service, and records the received fields. */
class RawNeighbour {
  readonly received: { line: string; fields: ReturnType<typeof fieldsOf> }[] = [];
  reservationStatus = 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        const line = `${request.method} ${request.url}`;
        if (!BACKGROUND.test(line)) this.received.push({ line, fields: fieldsOf(request.headers) });
        const reserves = request.method === 'PUT';
        response.writeHead(reserves ? this.reservationStatus : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(reserves ? reservation(Buffer.concat(chunks).toString()) : {}));
      });
    });
  }

  async register(gateway: string): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    for (const name of ['user-service', 'product-service']) {
      const body = { id: `raw-${name}`, name, url, ttlSeconds: 300 };
      expect((await call(gateway, 'POST /discovery/register', { body })).status).toBe(201);
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function reservation(body: string): object {
  const { items } = JSON.parse(body) as { items: ItemDto[] };
  return {
    status: 'held',
    items: items.map(({ productId, quantity }) => ({ productId, quantity, unitPrice: 1, currency: 'EUR' })),
  };
}

describe.each(MOUNTS)('trace context in the %s mount', (mount) => {
  const data = tempDir();
  const neighbour = new RawNeighbour();
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: data.path });
    await neighbour.register(system.url);
    // Without this, the services of the system would receive every other call.
    for (const name of ['user-service', 'product-service']) {
      const { body } = await call(system.url, `GET /discovery/services?name=${name}`);
      const own = (body as { id: string }[]).find(({ id }) => !id.startsWith('raw-'))!;
      expect((await call(system.url, `POST /discovery/services/${own.id}/drain`)).status).toBe(202);
    }
    // Its background work called the services of the system, and it remembers their instances for a while.
    await waitFor('the order service to call the raw neighbour alone', async () => {
      const responses = await Promise.all(Array.from({ length: 4 }, () => order({})));
      return responses.every(({ status }) => status === 201);
    });
    neighbour.received.splice(0);
  });

  afterAll(async () => {
    await system.process.stop();
    neighbour.close();
    data.remove();
  });

  const order = (headers: Readonly<Record<string, string>>) =>
    call(system.url, 'POST /api/order-service/orders', {
      body: { userId: 'u', items: [{ productId: 'p', quantity: 1 }] },
      headers,
    });

  it('is propagated from the order service to the user service and the product service', async () => {
    expect((await order(TRACE)).status).toBe(201);
    const [user, product] = neighbour.received.splice(0);
    expect(user).toEqual({ line: 'GET /users/u', fields: TRACE });
    expect(product).toMatchObject({
      line: expect.stringContaining('PUT /stock-reservations/'),
      fields: TRACE,
    });
  });

  it('ends with the response: a pending order is completed later without it', async () => {
    neighbour.reservationStatus = 503;
    expect((await order(TRACE)).status).toBe(202);
    neighbour.received.splice(0);
    neighbour.reservationStatus = 200;
    const retried = () => neighbour.received.find(({ line }) => line.startsWith('PUT'));
    await waitFor('the order to be completed', () => retried() !== undefined);
    expect(retried()!.fields).toEqual({});
  });
});
