import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ItemDto, Reservation } from '#shop-contracts';

/**
 * Registry, user service and product service in one server of the test, so that a test can withhold a response at
 * the moment at which it kills the order service.
 */
export class NeighbourStub {
  /** Reservations by order. */
  readonly reservations = new Map<string, Reservation>();
  /** Carries out reservations without responding. */
  withholdsResponses = false;
  commands = 0;
  /** Ids of the products in the list. */
  productIds: readonly string[] = [];
  /** Cursors of the requests for pages of the list. */
  readonly pages: (string | null)[] = [];
  /** The cursor of the page that is not sent. */
  withheldPage: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<NeighbourStub> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stub = new NeighbourStub(server);
    server.on('request', (request, response) => void stub.respond(request, response));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = (await request.toArray()) as Buffer[];
    const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const responseBody = this.bodyFor(request, body);
    if (responseBody !== undefined)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(responseBody));
  }

  private bodyFor({ url = '', method }: IncomingMessage, body: unknown): unknown {
    if (method === 'PUT') return this.reserve(url.split('/').pop() ?? '', body as { items: ItemDto[] });
    if (url.startsWith('/products?')) return this.page(new URL(url, this.url).searchParams);
    const [, name] = /^\/discovery\/services\?name=(.+)$/.exec(url) ?? [];
    if (name === undefined) return {};
    return [{ id: name, name, url: this.url, status: 'up', weight: 100 }];
  }

  private page(query: URLSearchParams): unknown {
    const cursor = query.get('cursor');
    this.pages.push(cursor);
    if (cursor !== null && cursor === this.withheldPage) return undefined;
    const start = Number(cursor);
    const end = start + Number(query.get('limit'));
    const items = this.productIds.slice(start, end);
    return {
      items: items.map((id) => ({ id, name: `name of ${id}`, price: 250, currency: 'EUR' })),
      nextCursor: end < this.productIds.length ? String(end) : null,
    };
  }

  private reserve(orderId: string, { items }: { items: readonly ItemDto[] }): Reservation | undefined {
    this.commands += 1;
    const reserved = items.map(({ productId, quantity }) => ({
      productId,
      quantity,
      unitPrice: 250,
      currency: 'EUR',
      name: 'Tea',
    }));
    const reservation = this.reservations.get(orderId) ?? { orderId, status: 'held', items: reserved };
    this.reservations.set(orderId, reservation);
    return this.withholdsResponses ? undefined : reservation;
  }
}
