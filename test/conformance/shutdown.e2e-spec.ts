import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '#testing';
import { startBench, SERVICE, type Bench } from './support/bench.js';
import { KINDS } from './support/kinds.js';
import { bodyOf } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';

describe.each(KINDS)('shutdown (%s)', (kind) => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench(kind);
  });

  it('completes requests in flight, accepts no new connections, and closes idle ones', async () => {
    let held: ServerResponse | undefined;
    bench.service.handler = (_request, response) => {
      held = response;
      response.write('beginning, ');
    };
    const idle = await RawClient.open(bench.gatewayPort);
    const outgoing = httpRequest(`${bench.url}/slow`, { agent: false }).end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    await bench.gatewayApp.leave();
    const closing = bench.gatewayApp.close();
    await idle.untilClosed();
    await waitFor('the port to be closed', () => isRefused(bench.gatewayPort));
    held?.end('end');
    expect((await bodyOf(answer)).toString()).toBe('beginning, end');
    await closing;
    await bench.serviceApp.close();
  });

  it('closes tunnels without waiting for their end', async () => {
    const sockets = new WebSocketServer({ server: bench.serviceApp.nest.getHttpServer() });
    const socket = new WebSocket(`${bench.gatewayUrl.replace('http', 'ws')}/api/${SERVICE}`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await bench.gatewayApp.leave();
    await bench.gatewayApp.close();
    await closed;
    await waitFor('the service to see it', () => sockets.clients.size === 0);
    sockets.close();
    await bench.serviceApp.close();
  });
});

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isConnected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return !isConnected;
}
