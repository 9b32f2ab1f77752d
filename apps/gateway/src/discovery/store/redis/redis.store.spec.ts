import { withRedis } from '#testing';
import { describeRegistryStore } from '../../testing/registry-store.contract.js';
import { RedisStoreHarness } from '../../testing/redis-store-harness.js';

withRedis('the registry in Redis', (server) => {
  const stores: RedisStoreHarness[] = [];
  const open = async (prefix?: string) => {
    const opened = await RedisStoreHarness.open(server().url, prefix);
    stores.push(opened);
    return opened;
  };
  afterEach(() => Promise.all(stores.splice(0).map((opened) => opened.close())));

  describeRegistryStore('RedisStore', () => open());
});
