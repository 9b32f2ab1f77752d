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
import { Member } from './member.js';

const USERS = 'user-service';

/** What a fleet is made of. */
export interface FleetOptions {
  readonly gateways: number;
  /** Instances of the user service, on one store. */
  readonly users: number;
  /** PostgreSQL for them; otherwise an embedded store. */
  readonly databaseUrl?: string;
  /** Settings of every process. */
  readonly env?: Environment;
  /** Where gateways find Redis; its own address unless something stands between. */
  readonly redisUrl?: (redis: TestRedis) => string;
}

/** nginx, gateways that share a Redis, and instances of one service behind them: a process each. */
export class Fleet {
  private constructor(
    readonly redis: TestRedis,
    readonly gateways: readonly Member[],
    readonly users: readonly Member[],
    readonly nginx: TestNginx,
    private readonly release: () => void,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const data = tempDir();
    const redis = await startRedis();
    const REDIS_URL = options.redisUrl?.(redis) ?? redis.url;
    const gateways = await startAll(options.gateways, async () => {
      const GATEWAY_PORT = String(await freePort());
      return Member.start('gateway', { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT, REDIS_URL, ...options.env });
    });
    const nginx = await startNginx(gateways.map(({ url }) => new URL(url).host));
    const users = await startAll(options.users, async () => {
      const env = { USER_SERVICE_PORT: String(await freePort()), REGISTRY_URL: nginx.url };
      const store = {
        DATA_DIR: data.path,
        ...(options.databaseUrl && { DATABASE_URL: options.databaseUrl }),
      };
      return Member.start(USERS, { ...env, ...store, ...options.env });
    });
    const fleet = new Fleet(redis, gateways, users, nginx, () => data.remove());
    await fleet.untilComplete();
    return fleet;
  }

  /** Where clients go. */
  get url(): string {
    return this.nginx.url;
  }

  /** Waits until every gateway has every instance in rotation. */
  async untilComplete(): Promise<void> {
    for (const gateway of this.gateways)
      await waitFor('all instances to be up', async () => (await healthyAt(gateway)) === this.users.length);
  }

  async stop(): Promise<void> {
    for (const member of [...this.users, ...this.gateways]) member.thaw();
    await Promise.all(this.users.map((member) => member.stop()));
    await Promise.all(this.gateways.map((member) => member.stop()));
    await this.nginx.stop();
    await this.redis.stop();
    this.release();
  }
}

const startAll = (count: number, start: () => Promise<Member>): Promise<Member[]> =>
  Promise.all(Array.from({ length: count }, start));

/** How many instances of the user service this gateway would send requests to. */
export async function healthyAt({ url }: Member): Promise<number> {
  const services = (await (await fetch(`${url}/services`)).json()) as ServiceSummary[];
  return services.find(({ name }) => name === USERS)?.instances.healthy ?? 0;
}

interface ServiceSummary {
  readonly name: string;
  readonly instances: { readonly healthy: number };
}
