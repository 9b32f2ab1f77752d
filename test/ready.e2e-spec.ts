import { FREE_PORTS, launchNode, tempDir, waitFor, withRedis, type LaunchedProcess } from '#testing';

const LISTENS = /gateway listens on (http:\/\/[^"\s]+)/;
const LISTS = ['/api/user-service/users', '/api/product-service/products', '/api/order-service/orders'];

describe('a monolith', () => {
  const data = tempDir();
  let launched: LaunchedProcess;
  afterEach(() => launched.stop());
  afterAll(() => data.remove());

  const statusOf = async (url: string) => {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  };

  /** Starts a monolith. @returns the statuses of its lists at the moment at which its gateway is ready */
  async function statusesWhenReady(env: Readonly<Record<string, string>>): Promise<readonly number[]> {
    launched = launchNode('dist/apps/monolith/src/main.js', [], {
      ...FREE_PORTS,
      ...env,
      LOG_FORMAT: 'json',
    });
    const [, url] = await launched.waitForOutput(LISTENS);
    await waitFor('the gateway to be ready', async () => (await statusOf(`${url}/health/ready`)) === 200);
    return Promise.all(LISTS.map((list) => statusOf(`${url}${list}`)));
  }

  async function expectServices(env: Readonly<Record<string, string>>): Promise<void> {
    for (const start of ['first', 'second']) {
      const statuses = await statusesWhenReady({ DATA_DIR: data.path, ...env });
      expect([start, ...statuses]).toEqual([start, 200, 200, 200]);
      await launched.stop();
    }
  }

  it('is ready once its services are in rotation', () => expectServices({}));

  withRedis('with a registry in Redis', (redis) => {
    it('is ready once its services are in rotation', () => expectServices({ REDIS_URL: redis().url }));
  });
});
