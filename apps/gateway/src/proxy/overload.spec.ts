import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayUnderTest, until } from '../discovery/testing/gateway-under-test.js';
import { LoopLag } from './stages/load-shedding/loop-lag.js';

describe('A gateway', () => {
  let gateway: GatewayUnderTest;
  let service: Server;
  let status = 200;

  beforeAll(async () => {
    service = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(service, 'listening');
    gateway = await GatewayUnderTest.start();
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const metadata = { 'gateway.breaker.open-ms': '100', 'gateway.ejection.failures-in-row': '0' };
    await gateway.register({ name: 'users', url, id: 'a', ttlSeconds: 300, metadata });
  });
  afterAll(async () => {
    await gateway.stop();
    service.closeAllConnections();
    service.close();
  });

  /** Blocks the event loop, with a turn between the blocks, until its lag reaches `ms`. */
  async function blockUntilLate(ms: number): Promise<void> {
    const lag = gateway.app.nest.get(LoopLag, { strict: false });
    while (lag.ms < ms) {
      const end = performance.now() + 1_100;
      while (performance.now() < end);
      await sleep(1);
    }
  }

  it('sheds some load while its event loop is blocked, and still serves health, metrics and discovery', async () => {
    await blockUntilLate(800);
    const responses = await Promise.all(Array.from({ length: 40 }, () => gateway.get('/api/users/')));
    const refused = responses.filter((response) => response.status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ body: { type: 'urn:msa-gateway:problem:overloaded' } });
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    await blockUntilLate(800);
    const paths = ['/health', '/health/live', '/health/ready', '/metrics', '/discovery/services'];
    const reported = await Promise.all([...paths, ...paths, ...paths].map((path) => gateway.get(path)));
    expect(reported.map((response) => response.status)).toEqual(reported.map(() => 200));
    await until(async () => (await gateway.get('/api/users/')).status === 200, 30_000);
  });

  it('reports the state of a circuit breaker in its metrics', async () => {
    const breakerState = async (): Promise<string | undefined> =>
      /^gateway_breaker_state\{service="users"\} (\d)$/m.exec(
        String((await gateway.get('/metrics')).body),
      )?.[1];
    await gateway.get('/api/users/');
    expect(await breakerState()).toBe('0');
    status = 502;
    const isOpen = async (): Promise<boolean> =>
      JSON.stringify((await gateway.get('/api/users/')).body).includes('circuit-open');
    await until(isOpen, 30_000);
    expect(await breakerState()).toBe('2');
    status = 200;
    await until(async () => (await gateway.get('/api/users/')).status === 200);
    expect(await breakerState()).toBe('0');
  });
});
