import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { waitFor } from '#testing';
import type { Stage } from '../exchange/stage.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const UPGRADE = 'GET /api/users HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';

describe.each(['wire', 'node', 'local'] as const)('requests that seem to upgrade (%s)', (kind) => {
  let harness: ProxyHarness;
  let service: Server;
  let completed = 0;

  const counting: Stage = { name: 'count', complete: () => (completed += 1) };

  async function start(serve: RequestListener, idleMs = 60_000): Promise<void> {
    completed = 0;
    harness = await ProxyHarness.start({ idleMs }, kind === 'wire' ? 'wire' : 'node', {}, [counting]);
    service = createServer(serve).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(kind === 'local' ? localInstanceOf('a', serve) : instanceOf({ id: 'a', url }));
  }

  afterEach(async () => {
    service.closeAllConnections();
    service.close();
    await harness.close();
  });

  function open(text: string) {
    const client = {
      socket: connect({ port: harness.port, host: '127.0.0.1', allowHalfOpen: true }),
      received: '',
    };
    client.socket.setEncoding('latin1').on('data', (piece: string) => (client.received += piece));
    client.socket.on('error', () => undefined).write(text);
    return client;
  }

  it.each([
    ['GET', 'Connection: Upgrade\t\r\nUpgrade: websocket'],
    ['OPTIONS', 'Max-Forwards: 5\r\nConnection: Upgrade\t\r\nUpgrade: websocket'],
  ])('%s with %j is refused, and nothing after it is served', async (method, fields) => {
    let served = 0;
    await start((_request, response) => {
      served += 1;
      response.end('served');
    });
    const client = open(`${method} /api/users HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`);
    await waitFor('the refusal', () => /^HTTP\/1.1 400 [^]*\r\n\r\n\{/.test(client.received));
    client.socket.write('GET /api/users/inner HTTP/1.1\r\nHost: a\r\n\r\n');
    client.socket.end();
    await once(client.socket, 'close');
    expect([served, client.received.match(/HTTP\/1.1/g)!.length]).toEqual([0, 1]);
    expect(harness.services.current.get('users')!.instances[0]!.load.inFlight).toBe(0);
  });

  if (kind !== 'local')
    it('get a long ordinary response in full, and end with it', async () => {
      await start((_request, response) => response.end(Buffer.alloc(1_000_000, 'x')), 2_000);
      const client = open(UPGRADE);
      await waitFor('the whole response', () => client.received.length > 1_000_000);
      await waitFor('the end of the exchange', () => completed === 1);
      client.socket.destroy();
    });
});

it.each(['wire', 'node'] as const)(
  'a response that waits behind a slow one does not cut it off (%s)',
  async (kind) => {
    const harness = await ProxyHarness.start({ idleMs: 600 }, kind);
    const service = createServer(({ url }, response) => {
      if (url === '/big') return void response.end(Buffer.alloc(1_000_000, 'x'));
      let ticks = 0;
      const timer = setInterval(() => {
        response.write('tick');
        if (++ticks < 8) return;
        clearInterval(timer);
        response.end();
      }, 200);
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    harness.setInstances(instanceOf({ id: 'a', url: `http://127.0.0.1:${port}` }));
    const client = connect(harness.port, '127.0.0.1').on('error', () => undefined);
    let received = 0;
    client.on('data', (bytes: Buffer) => (received += bytes.length));
    client.write(
      'GET /api/users/slow HTTP/1.1\r\nHost: a\r\n\r\nGET /api/users/big HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    await waitFor('both responses', () => received > 1_000_000);
    client.destroy();
    service.closeAllConnections();
    service.close();
    await harness.close();
  },
);
