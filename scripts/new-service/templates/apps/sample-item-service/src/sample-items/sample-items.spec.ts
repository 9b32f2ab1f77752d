import type { Page } from '#service-kit';
import { bootForTest, call, onBothStores, type CallOptions, type CallResponse, type TestApp } from '#testing';
import { sampleItemService } from '../sample-item-service.app.js';
import type { SampleItem } from './sample-item.js';

const FIRST = { name: 'First', description: 'The first one' };

onBothStores('/sample-items', (store) => {
  let app: TestApp;
  const http = (line: string, options?: CallOptions): Promise<CallResponse> => call(app.url, line, options);
  const create = async (body: object = FIRST): Promise<SampleItem> =>
    (await http('POST /sample-items', { body })).body as SampleItem;

  beforeEach(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(sampleItemService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  });
  afterEach(() => app.close());

  it('creates a sample item and serves it at its location', async () => {
    const created = await http('POST /sample-items', { body: FIRST });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/sample-items/${created.body.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toMatchObject(FIRST);
    const read = await http(`GET /sample-items/${created.body.id}`);
    expect(read).toMatchObject({ status: 200, body: created.body });
  });

  it.each([{}, { name: '' }, { name: 7 }, { ...FIRST, unknown: 1 }, { ...FIRST, description: 7 }])(
    'refuses %j',
    async (body) => {
      expect(await http('POST /sample-items', { body })).toMatchObject({
        status: 400,
        body: { type: 'urn:msa-gateway:problem:validation-failed' },
      });
    },
  );

  it('replaces by PUT, which removes an omitted description', async () => {
    const before = await create();
    const replaced = await http(`PUT /sample-items/${before.id}`, { body: { name: 'Second' } });
    expect(replaced.body).toEqual({
      ...before,
      name: 'Second',
      description: null,
      updatedAt: replaced.body.updatedAt,
    });
    expect(replaced.headers.get('etag')).toBe('"2"');
  });

  it('merges by PATCH', async () => {
    const { id } = await create();
    const renamed = await http(`PATCH /sample-items/${id}`, { body: { name: 'Renamed' } });
    expect(renamed.body).toMatchObject({ ...FIRST, name: 'Renamed' });
    const removed = await http(`PATCH /sample-items/${id}`, { body: { description: null } });
    expect(removed.body).toMatchObject({ name: 'Renamed', description: null });
  });

  it.each([{ id: 'another' }, { createdAt: '2020-01-01T00:00:00Z' }])(
    'refuses the read-only member %j',
    async (member) => {
      const { id } = await create();
      for (const line of [`PUT /sample-items/${id}`, `PATCH /sample-items/${id}`])
        expect((await http(line, { body: { ...FIRST, ...member } })).status).toBe(400);
    },
  );

  it('rejects changes when the version does not match the preconditions', async () => {
    const { id } = await create();
    const stale = { 'if-match': '"7"' };
    for (const method of ['PUT', 'PATCH'])
      expect((await http(`${method} /sample-items/${id}`, { body: FIRST, headers: stale })).status).toBe(412);
    expect((await http(`DELETE /sample-items/${id}`, { headers: stale })).status).toBe(412);
  });

  it('lets exactly one of many writers of the same version succeed', async () => {
    const { id } = await create();
    const write = (n: number) =>
      http(`PATCH /sample-items/${id}`, { body: { name: `writer ${n}` }, headers: { 'if-match': '"1"' } });
    const responses = await Promise.all(Array.from({ length: 10 }, (_, n) => write(n)));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 412)).toHaveLength(9);
  });

  it('deletes a sample item for good', async () => {
    const { id } = await create();
    expect((await http(`DELETE /sample-items/${id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect(await http(`${method} /sample-items/${id}`)).toMatchObject({
        status: 404,
        body: { type: 'urn:msa-gateway:problem:not-found' },
      });
  });

  it('lists sample items page by page in order of creation', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await create({ name })).id);
    const first = (await http('GET /sample-items?limit=2')).body as Page<SampleItem>;
    const rest = (await http(`GET /sample-items?limit=2&cursor=${first.nextCursor}`))
      .body as Page<SampleItem>;
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
  });
});
