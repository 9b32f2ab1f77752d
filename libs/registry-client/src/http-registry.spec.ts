import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpRegistry, RegistryError } from './http-registry.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

const BODY = { id: 'a/b', name: 'user-service', url: 'http://127.0.0.1:1' };

describe('HttpRegistry', () => {
  let server: Server;
  let seen: Seen[];
  let stubbed: { status: number; body: string };
  let registry: HttpRegistry;

  beforeEach(async () => {
    seen = [];
    stubbed = { status: 200, body: '{"id":"a/b"}' };
    server = createServer((request, response) => {
      const { method, url, headers } = request;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ method, url, authorization: headers.authorization, body });
        if (stubbed.status > 0) response.writeHead(stubbed.status).end(stubbed.body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    registry = new HttpRegistry({ url: `http://127.0.0.1:${port}`, token: 'secret', timeoutMs: 1_000 });
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('registers with its bearer token', async () => {
    stubbed.status = 201;

    await expect(registry.register(BODY)).resolves.toEqual({ id: 'a/b' });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/discovery/register',
      authorization: 'Bearer secret',
      body: JSON.stringify(BODY),
    });
  });

  it('registers an instance that listens on all addresses under the address that reaches the registry', async () => {
    await registry.register({ ...BODY, url: 'http://0.0.0.0:8001' });
    expect(JSON.parse(seen[0]!.body)).toMatchObject({ url: 'http://127.0.0.1:8001' });
  });

  it('sends heartbeats, and distinguishes a registry that has lost the instance from one that fails', async () => {
    await expect(registry.heartbeat('a/b', { inFlight: 1 })).resolves.toEqual({ id: 'a/b' });
    expect(seen[0]).toMatchObject({ url: '/discovery/heartbeat/a%2Fb', body: '{"inFlight":1}' });

    stubbed = { status: 404, body: '{}' };
    await expect(registry.heartbeat('a/b')).resolves.toBeUndefined();
    stubbed = { status: 500, body: '{"detail":"broken"}' };
    await expect(registry.heartbeat('a/b')).rejects.toThrow('the registry responded with 500: broken');
  });

  it.each([204, 404])('treats %i as a completed deregistration', async (status) => {
    stubbed = { status, body: '' };

    await expect(registry.unregister('a/b')).resolves.toBeUndefined();
    expect(seen[0]).toMatchObject({ method: 'DELETE', url: '/discovery/unregister/a%2Fb' });
  });

  it('lists the instances of a service', async () => {
    stubbed.body = '[{"id":"a"}]';

    await expect(registry.instances('user-service')).resolves.toEqual([{ id: 'a' }]);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/discovery/services?name=user-service' });
  });

  it('purges stored responses with its bearer token', async () => {
    stubbed.body = '{"purged":1}';

    await expect(registry.purgeResponses({ service: 'a', tags: ['b'] })).resolves.toBeUndefined();
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/cache/purge',
      authorization: 'Bearer secret',
      body: '{"service":"a","tags":["b"]}',
    });
    stubbed.status = 503;
    await expect(registry.purgeResponses({ path: '/*' })).rejects.toBeInstanceOf(RegistryError);
  });

  it.each([
    [401, '{"detail":"a token is needed"}', 'a token is needed'],
    [400, '{"title":"no detail"}', '{"title":"no detail"}'],
    [502, '<html>', '<html>'],
    [200, '<html>', 'check that the URL is that of a registry'],
  ])('reports the reason for an error response of %i %s', async (status, body, words) => {
    stubbed = { status, body };
    const failure = registry.register(BODY);

    await expect(failure).rejects.toBeInstanceOf(RegistryError);
    await expect(failure).rejects.toThrow(words);
  });

  it('times out when the registry does not respond', async () => {
    stubbed.status = 0;

    await expect(registry.register(BODY)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('follows no redirect, so that the token is sent to no other URL', async () => {
    stubbed = { status: 302, body: '' };
    server.prependListener('request', (_request, response) => response.setHeader('location', '/elsewhere'));

    await expect(registry.register(BODY)).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });
});
