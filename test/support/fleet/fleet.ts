import {
  freePort,
  startNginx,
  startRedis,
  tempDir,
  waitFor,
  type Environment,
  type TestNginx,
  type TestRedis,
} from '#testing';
import { healthyAt } from './healthy-instances.js';
import { Member } from './member.js';

/** The sample services, with the environment variable that holds the port of each. */
const PORT_OF = {
  'user-service': 'USER_SERVICE_PORT',
  'order-service': 'ORDER_SERVICE_PORT',
  'product-service': 'PRODUCT_SERVICE_PORT',
} as const;
type ServiceName = keyof typeof PORT_OF;

/** Composition of a fleet. */
export interface FleetOptions {
  readonly gateways: number;
  /** Number of instances by service; instances of one service share a store. */
  readonly services: Readonly<Partial<Record<ServiceName, number>>>;
  /** Environment of every process; `DATABASE_URL` selects PostgreSQL instead of embedded stores. */
  readonly env?: Environment;
  /** Environment of one gateway or one service by its index; that of a gateway may set another URL of Redis. */
  readonly gatewayEnv?: (index: number, redis: TestRedis) => Environment | Promise<Environment>;
  readonly serviceEnv?: (index: number) => Environment;
}

/** nginx, gateways that share a Redis, and service instances behind them, each in its own process. */
export class Fleet {
  private constructor(
    public redis: TestRedis,
    readonly gateways: readonly Member[],
    readonly nginx: TestNginx,
    readonly services: readonly Member[],
    private readonly release: () => void,
  ) {}

  static async start({ gateways: count, services, env, ...own }: FleetOptions): Promise<Fleet> {
    const data = tempDir();
    const redis = await startRedis();
    const gateways = await Promise.all(
      Array.from({ length: count }, async (_, index) =>
        startGateway({ REDIS_URL: redis.url, ...env, ...(await own.gatewayEnv?.(index, redis)) }),
      ),
    );
    const nginx = await startNginx(gateways.map(({ url }) => new URL(url).host));
    const common = { DATA_DIR: data.path, REGISTRY_URL: nginx.url, ...env };
    const names = Object.entries(services).flatMap(([name, instances]) =>
      Array<string>(instances).fill(name),
    );
    const members = await Promise.all(
      names.map((name, index) =>
        startService(name as ServiceName, { ...common, ...own.serviceEnv?.(index) }),
      ),
    );
    const fleet = new Fleet(redis, gateways, nginx, members, () => data.remove());
    await fleet.untilComplete();
    return fleet;
  }

  /** URL for clients. */
  get url(): string {
    return this.nginx.url;
  }

  /** Waits until every gateway has every instance in rotation. */
  async untilComplete(): Promise<void> {
    for (const gateway of this.gateways)
      await waitFor(
        'all instances to be up',
        async () => (await healthyAt(gateway.url)) === this.services.length,
      );
  }

  /** Starts an empty Redis at the address of the previous one, which must have ended. */
  async replaceRedis(): Promise<void> {
    await this.redis.stop();
    this.redis = await startRedis(this.redis.port);
  }

  async stop(): Promise<void> {
    for (const member of [...this.services, ...this.gateways]) member.resume();
    await Promise.all(this.services.map((member) => member.stop()));
    await Promise.all(this.gateways.map((member) => member.stop()));
    await this.nginx.stop();
    this.redis.process.signal('SIGCONT');
    await this.redis.stop();
    this.release();
  }
}

// Ports are chosen before the start, so that a restarted process keeps its address.
async function startGateway(env: Environment): Promise<Member> {
  const address = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: String(await freePort()) };
  return Member.start('gateway', { ...address, ...env });
}

const startService = async (name: ServiceName, env: Environment): Promise<Member> =>
  Member.start(name, { [PORT_OF[name]]: String(await freePort()), ...env });
