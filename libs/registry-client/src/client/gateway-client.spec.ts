import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deadline } from '../deadline/deadline.js';
import { TraceContext } from '../trace/trace-context.js';
import { GatewayClient } from './gateway-client.js';
import { withRequestContext } from './request-context.js';
import { UnexpectedStatus } from './service-client.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('GatewayClient', () => {
  let server: Server;
  let url: string;
  let client: GatewayClient;
  let seen: string[];

  // One server is the registry and the service that the registry lists.
  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      const { method = '', url: path = '' } = request;
      seen.push(`${method} ${path}`);
      const bodies: Readonly<Record<string, unknown>> = {
        '/discovery/register': { id: 'greeter-1' },
        '/discovery/services?name=users': [{ id: 'a', name: 'users', url, status: 'up', weight: 100 }],
        '/users/1': { id: 1, traceparent: request.headers.traceparent },
      };
      response.writeHead(Object.hasOwn(bodies, path) || method === 'DELETE' ? 200 : 404);
      response.end(JSON.stringify(bodies[path] ?? { title: 'Not found' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new GatewayClient({ url });
  });

  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });

  it('registers an instance with an id, and deregisters it when it closes', async () => {
    await client.register({ name: 'greeter', url: 'http://127.0.0.1:9000' }).firstAttempt;
    await client.close();
    expect(seen).toEqual([
      'POST /discovery/register',
      expect.stringMatching(/^DELETE \/discovery\/unregister\/greeter-.*-9000-[0-9a-f]{8}$/),
    ]);
  });

  it('calls a service by its name and returns the body', async () => {
    await expect(client.service('users').get('/users/1')).resolves.toEqual({ id: 1 });
  });

  it('throws the status and the body of a response that is no success', async () => {
    const failure = await client
      .service('users')
      .get('/users/2')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnexpectedStatus);
    expect(failure).toMatchObject({ service: 'users', status: 404, body: { title: 'Not found' } });
  });

  it('calls in the trace and under the deadline of the request that is handled', async () => {
    const headers = { traceparent: TRACEPARENT, 'x-request-timeout-ms': '500' };
    const response = { once: () => response };
    const call = withRequestContext({ headers }, response as never, async () => {
      expect(Deadline.remainingMs).toBeLessThanOrEqual(500);
      return client.service('users').get<{ traceparent: string }>('/users/1');
    });
    expect((await call).traceparent).toBe(TRACEPARENT);
    expect([Deadline.remainingMs, TraceContext.fields]).toEqual([undefined, {}]);
  });
});
