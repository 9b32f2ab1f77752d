import type { Redis } from 'ioredis';
import { connect, connectionTo, type RedisServer } from '#service-kit';
import type { Contract, ContractStore } from './contract-store.js';

const COMMAND_TIMEOUT_MS = 2000;

/** Contracts in Redis. They are read and written a few times per release, so each call has a connection of its own. */
export class RedisContractStore implements ContractStore {
  private readonly contracts: string;
  private readonly announced: string;

  constructor(private readonly server: RedisServer) {
    // The hash tag keeps the keys in the slot of the registry.
    this.contracts = `{${server.prefix}}:contracts`;
    this.announced = `{${server.prefix}}:contracts-announced`;
  }

  read(service: string): Promise<Contract | undefined> {
    return this.run(async (redis) => contractIn(await redis.hget(this.contracts, service)));
  }

  write(service: string, contract: Contract, isFirst: boolean): Promise<Contract> {
    return this.run(async (redis) => {
      const text = JSON.stringify(contract);
      if (!isFirst) await redis.hset(this.contracts, service, text);
      else if ((await redis.hsetnx(this.contracts, service, text)) === 0)
        return contractIn(await redis.hget(this.contracts, service)) ?? contract;
      return contract;
    });
  }

  announce(service: string, version: string): Promise<boolean> {
    return this.run(async (redis) => (await redis.sadd(this.announcedOf(service), version)) === 1);
  }

  remove(service: string): Promise<void> {
    return this.run(async (redis) => {
      await redis.hdel(this.contracts, service);
      await redis.del(this.announcedOf(service));
    });
  }

  /** Key of the versions of a service that were announced. */
  private announcedOf(service: string): string {
    return `${this.announced}:${service}`;
  }

  private async run<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = connectionTo(this.server, COMMAND_TIMEOUT_MS);
    try {
      await connect(redis);
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}

const contractIn = (text: string | null): Contract | undefined =>
  text === null ? undefined : (JSON.parse(text) as Contract);
