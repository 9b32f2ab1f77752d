import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '#testing';
import { startServiceHarness, SERVICE, type ServiceHarness } from './support/harness.js';
import { KINDS } from './support/kinds.js';
import { bodyOf } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';

describe.each(KINDS)('shutdown (%s)', (kind) => {
  let harness: ServiceHarness;
  beforeEach(async () => {
    harness = await startServiceHarness(kind);
  });

  it('completes requests in flight, accepts no new connections, and closes idle ones', async () => {
    let pending: ServerResponse | undefined;
    harness.service.handler = (_request, response) => {
      pending = response;
      response.write('beginning, ');
    };
    const idle = await RawClient.open(harness.gatewayPort);
    const outgoing = httpRequest(`${harness.url}/slow`, { agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await harness.gatewayApp.leave();
    const closing = harness.gatewayApp.close();
    await idle.untilClosed();
    await waitFor('the port to be closed', () => isRefused(harness.gatewayPort));
    pending?.end('end');
    expect((await bodyOf(response)).toString()).toBe('beginning, end');
    await closing;
    await harness.serviceApp.close();
  });

  it('closes tunnels without waiting for their end', async () => {
    const sockets = new WebSocketServer({ server: harness.serviceApp.nest.getHttpServer() });
    const socket = new WebSocket(`${harness.gatewayUrl.replace('http', 'ws')}/api/${SERVICE}`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await harness.gatewayApp.leave();
    await harness.gatewayApp.close();
    await closed;
    await waitFor('the disconnection to reach the service', () => sockets.clients.size === 0);
    sockets.close();
    await harness.serviceApp.close();
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
