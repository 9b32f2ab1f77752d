import { withRedis } from '#testing';
import { describeRegistryStore } from '../../testing/registry-store.contract.js';
import { StoreOnRedis } from '../../testing/store-on-redis.js';

withRedis('the registry in Redis', (server) => {
  const stores: StoreOnRedis[] = [];
  const open = async (prefix?: string) => {
    const opened = await StoreOnRedis.open(server().url, prefix);
    stores.push(opened);
    return opened;
  };
  afterEach(() => Promise.all(stores.splice(0).map((opened) => opened.close())));

  describeRegistryStore('RedisStore', () => open());
});
