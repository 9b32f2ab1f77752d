import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayUnderTest } from '../discovery/testing/gateway-under-test.js';
import { DocumentSource } from './document-source.js';
import type { OpenApiDocument } from './openapi.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A server on its own port that handles every request with `listener`. */
async function startServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pets = { openapi: '3.1.0', info: {}, paths: { '/pets': { get: { operationId: 'pets' } } } };

describe('GET /docs-json', () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => void (gateway = await GatewayUnderTest.start()));
  afterEach(() => gateway.stop());
  const document = async () => (await gateway.get('/docs-json')).body as OpenApiDocument;

  it('describes every endpoint of the gateway', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toMatch(/^3\./);
    expect(Object.keys(paths).sort()).toEqual([
      '/',
      '/api/{service}/{path}',
      '/cache/purge',
      '/dashboard/assets/{file}',
      '/dashboard/callers',
      '/dashboard/history',
      '/dashboard/stream',
      '/discovery/at',
      '/discovery/cleanup',
      '/discovery/contracts',
      '/discovery/contracts/{service}/accept',
      '/discovery/events',
      '/discovery/explain',
      '/discovery/faults',
      '/discovery/heartbeat/{id}',
      '/discovery/register',
      '/discovery/services',
      '/discovery/services/{id}',
      '/discovery/services/{id}/drain',
      '/discovery/services/{id}/fault',
      '/discovery/services/{id}/weight',
      '/discovery/timeline',
      '/discovery/unregister/{id}',
      '/docs/problems',
      '/health',
      '/health/live',
      '/health/ready',
      '/log-level',
      '/metrics',
      '/policies',
      '/policies/decisions',
      '/policies/mirror',
      '/policies/refusals',
      '/policies/schema.json',
      '/services',
    ]);
  });

  it('documents the query of explain as it is checked', async () => {
    const { get } = (await document()).paths['/discovery/explain'] as {
      get: { parameters: { name: string; required: boolean; example?: string; schema: object }[] };
    };
    const parameter = (name: string) => get.parameters.find((each) => each.name === name);
    expect(parameter('method')).toMatchObject({ required: false });
    expect(parameter('path')).toMatchObject({ required: true, example: '/api/user-service/users?limit=5' });
    expect(parameter('client')!.schema).toEqual({
      type: 'string',
      anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }],
    });
  });

  it('describes the body and the responses of a registration', async () => {
    const { paths, components } = await document();
    const { schemas } = components as { schemas: Record<string, { required: string[] }> };
    expect(paths['/discovery/register']).toMatchObject({
      post: { responses: { 201: expect.anything(), 401: expect.anything(), 403: expect.anything() } },
    });
    expect(schemas.RegisterInstanceDto).toMatchObject({ required: ['name', 'url'] });
    await gateway.register({ name: 'users', url: 'http://127.0.0.1:9', id: 'a' });
    const { body } = await gateway.get('/discovery/services/a');
    expect(schemas.Instance!.required.sort()).toEqual(Object.keys(body as object).sort());
  });

  it('contains no reference without a target', async () => {
    const whole = await document();
    const refs = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const { schemas } = whole.components as { schemas: object };
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.map(([, name]) => name).filter((name) => !Object.hasOwn(schemas, name!))).toEqual([]);
  });

  it('requires a body for a registration but not for a heartbeat', async () => {
    const { paths } = await document();
    expect(paths['/discovery/heartbeat/{id}']).toMatchObject({ post: { requestBody: { required: false } } });
    expect(paths['/discovery/register']).toMatchObject({ post: { requestBody: { required: true } } });
  });

  it('contains the document of each service, and lists services without one', async () => {
    const good = await startServer((_request, response) => response.end(JSON.stringify(pets)));
    const none = await startServer((_request, response) => response.writeHead(404).end());
    const broken = await startServer((_request, response) => response.end('{"openapi"'));
    await gateway.register({ name: 'pets', url: good });
    await gateway.register({ name: 'none', url: none });
    await gateway.register({ name: 'broken', url: broken });
    await gateway.register({ name: 'gone', url: 'http://127.0.0.1:9' });
    const { paths, info, ...rest } = await document();
    expect(paths['/api/pets/pets']).toMatchObject({ get: { operationId: 'pets.pets', tags: ['pets'] } });
    expect(rest['x-unavailable-services']).toEqual([
      { name: 'broken', reason: 'the document is not valid JSON' },
      { name: 'gone', reason: '/docs-json cannot be read (ECONNREFUSED)' },
      { name: 'none', reason: '/docs-json returned status 404' },
    ]);
    expect(info.description).toContain('- none: /docs-json returned status 404');
  });

  it('contains services that register while a document is cached', async () => {
    const good = await startServer((_request, response) => response.end(JSON.stringify(pets)));
    expect(Object.keys((await document()).paths)).not.toContain('/api/pets/pets');
    await gateway.register({ name: 'pets', url: good });
    expect((await document()).paths).toHaveProperty(['/api/pets/pets']);
  });

  it('uses the document of another instance when one has none', async () => {
    const good = await startServer((_request, response) => response.end(JSON.stringify(pets)));
    await gateway.register({ name: 'pets', url: 'http://127.0.0.1:9', id: 'a' });
    await gateway.register({ name: 'pets', url: good, id: 'b' });
    expect((await document()).paths).toHaveProperty(['/api/pets/pets']);
  });

  it('requests the document of each service once for many concurrent requests', async () => {
    let requests = 0;
    const good = await startServer((_request, response) => {
      requests += 1;
      response.end(JSON.stringify(pets));
    });
    await gateway.register({ name: 'pets', url: good });
    await Promise.all([document(), document(), document()]);
    expect(requests).toBe(1);
  });

  it('is shown by a page', async () => {
    const { headers, body } = await gateway.get('/docs');
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).toContain('MSA Gateway');
  });
});

describe('DocumentSource', () => {
  const reasonOf = async (listener: RequestListener, source = new DocumentSource()): Promise<string> => {
    const url = await startServer(listener);
    try {
      return await source.fetchDocument({ endpoint: url }).then(
        () => '',
        (error: unknown) => (error as Error).message,
      );
    } finally {
      await source.onModuleDestroy();
    }
  };

  it('stops after its timeout', async () => {
    const silent = new DocumentSource(50);
    expect(await reasonOf(() => undefined, silent)).toBe('/docs-json timed out');
    const slow = new DocumentSource(100);
    expect(await reasonOf((_request, response) => void response.write('{'), slow)).toBe(
      '/docs-json timed out',
    );
  });

  it('stops at its size limit', async () => {
    const source = new DocumentSource(5000, 1000);
    expect(await reasonOf((_request, response) => void response.end(' '.repeat(5000)), source)).toBe(
      'the document is larger than 1000 bytes',
    );
  });

  it('does not follow redirects', async () => {
    const location = 'http://127.0.0.1:9/docs-json';
    expect(await reasonOf((_request, response) => void response.writeHead(302, { location }).end())).toBe(
      '/docs-json returned status 302',
    );
  });

  it('reports a broken connection', async () => {
    expect(await reasonOf((request) => void request.socket.destroy())).toMatch(
      /cannot be read \(UND_ERR_SOCKET\)/,
    );
  });
});
