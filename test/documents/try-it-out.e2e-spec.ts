import { call, launchNode, MOUNTS, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example?: string | number;
  readonly examples?: Readonly<Record<string, { readonly value?: string | number }>>;
  readonly schema: { readonly default?: string | number };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** The operations whose examples need what a seeded system does not have, and their responses. */
const EXCEPTIONS: Readonly<Record<string, number>> = {
  // A file of the page has a name that changes with its content.
  'GET /dashboard/assets/{file}': 404,
  // No version breaks its contract.
  'POST /discovery/contracts/{service}/accept': 404,
  // Services have their health at the path of the example, and only read it.
  'POST /api/{service}/{path}': 405,
  'PUT /api/{service}/{path}': 405,
  'PATCH /api/{service}/{path}': 405,
  'DELETE /api/{service}/{path}': 405,
};

/** The value that Swagger UI fills in; `undefined`: none. */
function valueOf({ example, examples, schema }: Parameter): string | undefined {
  const [first] = Object.values(examples ?? {});
  const value = example ?? (first ? first.value : schema.default);
  return value === undefined ? undefined : String(value);
}

/** Sends an operation as the page does after "Try it out" and "Execute". */
async function execute(
  url: string,
  method: string,
  template: string,
  operation: Operation,
  common: readonly Parameter[],
) {
  let path = template;
  const query = new URLSearchParams();
  const headers = new Headers();
  for (const parameter of [...common, ...(operation.parameters ?? [])]) {
    const value = valueOf(parameter);
    if (value === undefined) continue;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query') query.set(parameter.name, value);
    else headers.set(parameter.name, value);
  }
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type) headers.set('content-type', type);
  const signal = AbortSignal.timeout(10_000);
  const target = url + path + (query.size > 0 ? `?${query.toString()}` : '');
  const body = content && JSON.stringify(content.example);
  const response = await fetch(target, { method: method.toUpperCase(), headers, body: body ?? null, signal });
  // Event streams have no end.
  await response.body?.cancel();
  return response.status;
}

describe.each(MOUNTS)('"Try it out" in the documents of a seeded system as %s', (mount) => {
  const data = tempDir();
  let system: RunningSystem;
  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: data.path });
    expect((await launchNode('scripts/seed.mjs', [system.url]).exited).code).toBe(0);
  });
  afterAll(async () => {
    await system.process.stop();
    data.remove();
  });

  const documentOf = async () => (await call(system.url, 'GET /docs-json')).body as Document;

  /** The document once its examples have an id from each of these lists: documents are stored for a few seconds. */
  async function documentWith(...lists: readonly string[]): Promise<Document> {
    let document!: Document;
    await waitFor(`ids from ${lists.join(', ')}`, async () => {
      document = await documentOf();
      const text = JSON.stringify(document);
      return lists.every((list) => !text.includes(`"an id from GET ${list}"`));
    });
    return document;
  }

  const operationsIn = ({ paths }: Document) =>
    Object.entries(paths).flatMap(([path, { parameters = [], ...item }]) =>
      METHODS.flatMap((method) =>
        item[method]
          ? [{ path, method, operation: item[method], common: parameters as unknown as readonly Parameter[] }]
          : [],
      ),
    );

  it('has an example of every required parameter and of every body', async () => {
    const missing = operationsIn(await documentOf()).flatMap(({ path, method, operation, common }) => [
      ...[...common, ...(operation.parameters ?? [])]
        .filter((each) => each.required && valueOf(each) === undefined)
        .map(({ name }) => `${method} ${path} ${name}`),
      ...Object.entries(operation.requestBody?.content ?? {})
        .filter(([, { example }]) => example === undefined)
        .map(([type]) => `${method} ${path} ${type}`),
    ]);
    expect(missing).toEqual(['get /dashboard/assets/{file} file']);
  });

  it('succeeds for every operation, one after the other', async () => {
    const order = (await documentWith('/users', '/products')).paths['/api/order-service/orders']!.post!;
    expect(await execute(system.url, 'post', '/api/order-service/orders', order, [])).toBe(201);
    const statuses: [string, number][] = [];
    const document = await documentWith('/users', '/products', '/orders', '/discovery/services');
    for (const { path, method, operation, common } of operationsIn(document))
      statuses.push([
        `${method.toUpperCase()} ${path}`,
        await execute(system.url, method, path, operation, common),
      ]);
    expect(statuses.length).toBeGreaterThan(70);
    const failed = statuses.filter(([, status]) => status >= 400);
    expect(Object.fromEntries(failed)).toEqual(EXCEPTIONS);
  });
});
