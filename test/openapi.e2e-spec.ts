import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  call,
  launchNode,
  plainEnvironment,
  ROOT,
  SERVICES,
  startSystem,
  tempDir,
  type RunningSystem,
} from '#testing';

type Members = Readonly<Record<string, unknown>>;

interface Operation {
  readonly description?: string;
  readonly security?: readonly Members[];
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly schema: Members }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: Members }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Members>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, Members>> };
  readonly tags: readonly { readonly name: string }[];
  readonly 'x-unavailable-services': readonly unknown[];
}

const POLICIES = `
version: 1
authentication:
  jwt: { staff: { issuer: sample, audiences: [sample], algorithms: [ES256], jwks: { file: jwks.json } } }
  apiKey: { partners: { keysFile: keys.yaml } }
routes:
  - name: deletions
    match: { service: user-service, methods: [DELETE], path: { prefix: /users } }
    auth: { anyOf: [staff, partners] }
`;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

describe('the documents of the system', () => {
  const data = tempDir();
  let system: RunningSystem;
  let document: Document;

  beforeAll(async () => {
    writeFileSync(join(data.path, 'gateway.yaml'), POLICIES);
    writeFileSync(join(data.path, 'keys.yaml'), 'version: 1\nkeys: []\n');
    writeFileSync(join(data.path, 'jwks.json'), '{ "keys": [] }');
    const GATEWAY_CONFIG = join(data.path, 'gateway.yaml');
    system = await startSystem('monolith', { DATA_DIR: data.path, GATEWAY_CONFIG });
    document = (await call(system.url, 'GET /docs-json')).body as Document;
  });
  afterAll(async () => {
    await system.process.stop();
    data.remove();
  });

  const operationsOf = ({ paths }: Document) =>
    Object.entries(paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
    );
  const exampleOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.example;

  it('have all services at the first look after start', () => {
    expect(document['x-unavailable-services']).toEqual([]);
    for (const service of SERVICES)
      expect(Object.keys(document.paths).some((path) => path.startsWith(`/api/${service}/`))).toBe(true);
  });

  it('have no findings of the recommended rules of redocly', async () => {
    const apps = ['gateway', ...SERVICES];
    const files = apps.map((app) => join(data.path, `${app}.json`));
    for (const [i, app] of apps.entries()) {
      const own = app === 'gateway' ? document : (await call(system.urlOf(app), 'GET /docs-json')).body;
      writeFileSync(files[i]!, JSON.stringify(own));
    }
    const args = ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', ...files];
    const env = plainEnvironment({ REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
    const { stdout, status } = spawnSync(process.execPath, [...args, '--format=json'], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    // One JSON text per document.
    const reports = stdout
      .split(/(?<=\})\s*(?=\{\s*"totals")/)
      .map((text) => JSON.parse(text) as { problems: unknown[] });
    expect({ problems: reports.map(({ problems }) => problems), status }).toEqual({
      problems: apps.map(() => []),
      status: 0,
    });
  }, 60_000);

  it('show what the services are for before the operation of the gateway', () => {
    const tags = document.tags.map(({ name }) => name);
    expect(tags.slice(0, 3)).toEqual([
      'order-service: Orders',
      'order-service: Health',
      'order-service: Metrics',
    ]);
    expect(tags.indexOf('Registration')).toBeGreaterThan(tags.indexOf('user-service: Users'));
    expect(Object.keys(document.paths)[0]).toMatch(/^\/api\/order-service\//);
  });

  it('say which credentials an operation requires', () => {
    const { securitySchemes } = document.components;
    expect(securitySchemes).toMatchObject({
      registryToken: { type: 'http', scheme: 'bearer' },
      instanceToken: { type: 'apiKey', name: 'x-instance-token' },
      'provider-staff': { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      'provider-partners': { type: 'apiKey', in: 'header', name: 'x-api-key' },
    });
    const users = document.paths['/api/user-service/users/{id}'];
    expect(users?.delete?.security).toEqual([{ 'provider-staff': [] }, { 'provider-partners': [] }]);
    expect(users?.get?.security).toEqual([]);
    expect(document.paths['/discovery/register']?.post?.security).toEqual([{ registryToken: [] }]);
    expect(document.paths['/policies']?.get?.security).toEqual([{ registryToken: [] }]);
  });

  it('have a schema and examples for every problem', () => {
    for (const { path, method, operation } of operationsOf(document))
      for (const [status, { content }] of Object.entries(operation.responses)) {
        // Health has one body for all statuses.
        if (status < '400' || status === 'default' || content?.['application/json']) continue;
        const { schema, examples } = content?.['application/problem+json'] ?? {};
        const statuses = Object.values((examples ?? {}) as Record<string, { value: Members }>).map(
          ({ value }) => String(value.status),
        );
        expect({ path, method, statuses: [...new Set(statuses)], hasSchema: schema !== undefined }).toEqual({
          path,
          method,
          statuses: [status],
          hasSchema: true,
        });
      }
  });

  it.each(['an empty', 'a seeded'])('have examples that succeed on %s system', async (kind) => {
    if (kind === 'a seeded') await launchNode('scripts/seed.mjs', [system.url]).exited;
    for (const resource of ['user-service/users', 'product-service/products']) {
      const { post, ...others } = {
        post: document.paths[`/api/${resource}`]!.post!,
        ...document.paths[`/api/${resource}/{id}`],
      };
      const created = await call(system.url, `POST /api/${resource}`, { body: exampleOf(post) });
      expect(created.status).toBe(201);
      const path = `/api/${resource}/${(created.body as { id: string }).id}`;
      for (const method of ['put', 'patch']) {
        const example = exampleOf((others as Record<string, Operation>)[method]!);
        expect((await call(system.url, `${method.toUpperCase()} ${path}`, { body: example })).status).toBe(
          200,
        );
      }
      expect((await call(system.url, `GET ${path}`)).status).toBe(200);
      // The route for deletions of users requires credentials; the next run needs the address again.
      const free = { email: `${kind.replace(' ', '.')}@example.com` };
      if (resource.endsWith('users')) await call(system.url, `PATCH ${path}`, { body: free });
    }
  });

  it('send no preconditions that the reader did not enter', () => {
    const headers = operationsOf(document).flatMap(({ operation: { parameters = [] } }) =>
      parameters.filter(({ name }) => name.startsWith('If-')),
    );
    expect(headers.length).toBeGreaterThan(5);
    expect(headers.filter(({ schema }) => 'example' in schema)).toEqual([]);
  });

  it('explain where the ids of an order come from', async () => {
    const { post } = document.paths['/api/order-service/orders']!;
    expect(post!.description).toMatch(/GET \/users.*GET \/products.*npm run seed/);
    const firstOf = async (path: string) =>
      ((await call(system.url, `GET ${path}?limit=1`)).body as { items: { id: string }[] }).items[0]!.id;
    const userId = await firstOf('/api/user-service/users');
    const productId = await firstOf('/api/product-service/products');
    const example = exampleOf(post!) as { items: Members[] };
    const items = example.items.map((item) => ({ ...item, productId }));
    const body = { ...example, userId, items };
    const placed = await call(system.url, 'POST /api/order-service/orders', { body });
    expect(placed.status).toBe(201);
    const { patch } = document.paths['/api/order-service/orders/{id}']!;
    const path = `/api/order-service/orders/${(placed.body as { id: string }).id}`;
    expect((await call(system.url, `PATCH ${path}`, { body: exampleOf(patch!) })).status).toBe(200);
  });

  it('explain every problem on a page, in English and Korean', async () => {
    const pageIn = async (languages: string) =>
      call(system.url, 'GET /docs/problems', {
        headers: { accept: 'text/html', 'accept-language': languages },
      });
    const english = await pageIn('en-GB,en;q=0.9');
    expect(english.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const codes = operationsOf(document).flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    );
    expect(codes.length).toBeGreaterThan(50);
    for (const code of new Set(codes)) expect(english.body).toContain(`<section id="${code}">`);
    const korean = await pageIn('ko-KR,ko;q=0.9,en;q=0.1');
    expect(korean.headers.get('content-language')).toBe('ko');
    expect(korean.body).toContain('<h1>오류 유형</h1>');
    const { body } = await call(system.url, 'GET /docs/problems');
    expect(body).toContainEqual(
      expect.objectContaining({ type: 'urn:msa-gateway:problem:unknown-service', status: 404 }),
    );
  });

  it('are not needed to find a service: the problem of an unknown one names those that exist', async () => {
    const { body } = await call(system.url, 'GET /api/usr-service/users');
    expect((body as { detail: string }).detail).toBe(
      `no service with this name is registered; known services: ${SERVICES.join(', ')}`,
    );
  });
});
