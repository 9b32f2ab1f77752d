import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  newApiKey,
  sha256Of,
} from '../../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import type { Product, User } from '#shop-contracts';
import { call, startSystem, tempDir, TestIssuer, type Mount, type RunningSystem } from '#testing';

export type Headers = Readonly<Record<string, string>>;

/** The ways in which a request reaches the order service: inside the process, and by both planes over sockets. */
export const WAYS: readonly (readonly [mount: Mount, plane: string])[] = [
  ['monolith', 'wire'],
  ['split', 'wire'],
  ['split', 'node'],
];
export const ORDERS = '/api/order-service/orders';

const [OPERATOR_KEY, PARTNER_KEY] = [newApiKey(), newApiKey()];
const KEYS = `version: 1
keys:
  - { sha256: ${sha256Of(OPERATOR_KEY)}, consumer: operator, scopes: ['orders:admin'] }
  - { sha256: ${sha256Of(PARTNER_KEY)}, consumer: partner }
`;

const policiesWith = (provider: string): string => `version: 1
authentication:
  jwt: { app: ${provider} }
  apiKey: { programs: { keysFile: keys.yaml, consumerHeader: x-consumer, scopesHeader: x-scopes } }
services:
  order-service: { auth: { anyOf: [app, programs] } }
`;

/** A program that is an administrator of orders, and one that is not. */
export const OPERATOR: Headers = { 'x-api-key': OPERATOR_KEY };
export const PARTNER: Headers = { 'x-api-key': PARTNER_KEY };

/** A system whose gateway authenticates the callers of the order service, with two users and a product. */
export class GuardedOrders {
  private constructor(
    private readonly system: RunningSystem,
    private readonly issuer: TestIssuer,
    private readonly folder: ReturnType<typeof tempDir>,
    readonly ann: User,
    readonly ben: User,
    readonly product: Product,
  ) {}

  /** @param furtherPolicies members of the policy file */
  static async start(mount: Mount, plane: string, furtherPolicies = ''): Promise<GuardedOrders> {
    const folder = tempDir('guarded-orders-');
    const issuer = await TestIssuer.start();
    const provider = issuer.provider(', claimToHeaders: { sub: x-user-id }, scopesHeader: x-scopes');
    const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
    writeFileSync(join(folder.path, 'keys.yaml'), KEYS);
    writeFileSync(GATEWAY_CONFIG, policiesWith(provider) + furtherPolicies);
    const system = await startSystem(mount, { DATA_DIR: folder.path, DATA_PLANE: plane, GATEWAY_CONFIG });
    const create = async <T>(path: string, body: object) =>
      (await call(system.url, `POST /api/${path}`, { body })).body as T;
    const ann = await create<User>('user-service/users', { email: 'ann@example.com', name: 'Ann' });
    const ben = await create<User>('user-service/users', { email: 'ben@example.com', name: 'Ben' });
    const product = await create<Product>('product-service/products', {
      ...{ name: 'Lamp', category: 'lighting', price: 100, currency: 'EUR', stock: 1000 },
    });
    return new GuardedOrders(system, issuer, folder, ann, ben, product);
  }

  /** The URL of the gateway. */
  get url(): string {
    return this.system.url;
  }

  /** The folder of the system. */
  get path(): string {
    return this.folder.path;
  }

  async stop(): Promise<void> {
    await this.system.process.stop();
    await this.issuer.close();
    this.folder.remove();
  }

  token(claims: object): Headers {
    return { authorization: `Bearer ${this.issuer.token({ ...claims })}` };
  }

  of({ id }: User): Headers {
    return this.token({ sub: id });
  }

  get admin(): Headers {
    return this.token({ sub: 'root', scope: 'profile orders:admin' });
  }

  /** Sends a request for orders: `send('GET /ID', headers)`. */
  send(line: string, headers: Headers, body?: object) {
    const [method, path] = line.split(' ') as [string, string];
    return call(this.url, `${method} ${ORDERS}${path}`, { headers, ...(body && { body }) });
  }

  place({ id }: User, headers: Headers) {
    return this.send('POST ', headers, {
      userId: id,
      items: [{ productId: this.product.id, quantity: 1 }],
    });
  }
}
