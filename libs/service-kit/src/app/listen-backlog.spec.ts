import { Module } from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import { bootForTest, nullRegistry, type TestApp } from '#testing';
import { readBaseConfig } from '../config/base-config.js';

const CONNECTIONS = 1000;

@Module({})
class EmptyModule {}

const app = {
  name: 'app',
  readConfig: readBaseConfig,
  listenAddress: () => ({ host: '127.0.0.1', port: 0 }),
  registry: () => nullRegistry,
  build: () => ({ module: { module: EmptyModule } }),
};

/**
 * Prints the number of connections established. While the app is blocked the queue does not get shorter: the kernel drops a
 * repeated SYN as it dropped the first one.
 */
const CLIENT = `
  const [port, count] = process.argv.slice(1).map(Number);
  let open = 0;
  const end = () => { console.log(open); process.exit(); };
  for (let i = 0; i < count; i += 1)
    require('node:net').connect(port, '127.0.0.1', () => (open += 1) === count && end()).on('error', () => {});
  setTimeout(end, 10_000);
`;

// Other systems have a lower cap for the backlog.
(process.platform === 'linux' ? describe : describe.skip)('an app whose event loop is blocked', () => {
  let running: TestApp;

  beforeAll(async () => {
    running = await bootForTest(app);
  });
  afterAll(() => running.close());

  it(`still has room for ${CONNECTIONS} new connections`, () => {
    const { port } = new URL(running.url);
    // Blocks the event loop until the client ends: no connection is accepted meanwhile.
    const client = spawnSync(process.execPath, ['-e', CLIENT, port, String(CONNECTIONS)]);
    expect(Number(client.stdout)).toBe(CONNECTIONS);
  });
});
