import type { User } from '#shop-contracts';
import type { Page } from '#service-kit';
import { bootForTest, call, onBothStores, type CallResponse, type CallOptions, type TestApp } from '#testing';
import { userService } from '../user-service.app.js';

const ann = { email: 'Ann@Example.com', name: 'Ann' };
const bob = { email: 'bob@example.com', name: 'Bob' };

onBothStores('/users', (store) => {
  let app: TestApp;
  const http = (line: string, options?: CallOptions): Promise<CallResponse> => call(app.url, line, options);
  const create = async (body: object): Promise<CallResponse> => http('POST /users', { body });

  beforeEach(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(userService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  });
  afterEach(() => app.close());

  it('creates a user and serves it at its location', async () => {
    const created = await create(ann);
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/users/${created.body.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toMatchObject(ann);
    const read = await http(`GET /users/${created.body.id}`);
    expect(read).toMatchObject({ status: 200, body: created.body });
  });

  it('responds to HEAD like GET, without a body', async () => {
    const { body } = await create(ann);
    const head = await http(`HEAD /users/${body.id}`);
    expect([head.status, head.headers.get('etag'), head.body]).toEqual([200, '"1"', '']);
  });

  it('accepts an address once, ignoring case', async () => {
    await create(ann);
    const { body: other } = await create(bob);
    const again = await create({ ...bob, email: 'aNN@exAmple.COM' });
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:msa-gateway:problem:email-taken' } });
    const change = await http(`PATCH /users/${other.id}`, { body: { email: ann.email.toUpperCase() } });
    expect(change.status).toBe(409);
  });

  it('accepts one of 50 concurrent requests for the same address', async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => create(ann)));
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect((await http('GET /users')).body.items).toHaveLength(1);
  });

  it('replaces by PUT and merges by PATCH', async () => {
    const { body: user } = await create(ann);
    const replaced = await http(`PUT /users/${user.id}`, { body: bob });
    expect(replaced.body).toEqual({ ...user, ...bob, updatedAt: replaced.body.updatedAt });
    const merged = await http(`PATCH /users/${user.id}`, {
      body: '{"name":"Robert"}',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(merged.body).toMatchObject({ ...bob, name: 'Robert', createdAt: user.createdAt });
    expect(merged.headers.get('etag')).toBe('"3"');
  });

  it.each(['PUT', 'PATCH'])(
    'accepts its own representation by %s, also when the request is repeated',
    async (method) => {
      const { body: user } = await create(ann);
      const body = { ...user, name: 'Robert' };
      for (let n = 0; n < 2; n += 1)
        expect(await http(`${method} /users/${user.id}`, { body })).toMatchObject({
          status: 200,
          body: { ...body, updatedAt: expect.any(String) as string },
        });
    },
  );

  it.each([
    { id: '01890a5d-ac96-774b-bcce-b302099a8057' },
    { createdAt: '2020-01-01T00:00:00Z' },
    { createdAt: 'yesterday' },
    { updatedAt: 7 },
  ])('refuses the read-only member %j', async (member) => {
    const { body: user } = await create(ann);
    for (const line of [`PUT /users/${user.id}`, `PATCH /users/${user.id}`])
      expect(await http(line, { body: { ...ann, ...member } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: `/${Object.keys(member)[0]!}` }] },
      });
    expect((await http(`GET /users/${user.id}`)).body).toEqual(user);
  });

  it('documents the members that a replacement accepts', async () => {
    const { body } = await http('GET /docs-json');
    const { properties } = body.components.schemas.UserReplacementDto as { properties: object };
    expect(Object.keys(properties).sort()).toEqual(['createdAt', 'email', 'id', 'name', 'updatedAt']);
  });

  it('accepts the own address of a user in another case', async () => {
    const { body: user } = await create(ann);
    const response = await http(`PUT /users/${user.id}`, { body: { ...ann, email: 'ANN@example.com' } });
    expect(response).toMatchObject({ status: 200, body: { email: 'ANN@example.com' } });
  });

  it.each([{ name: null }, { email: null }])('refuses to remove a member by %j', async (body) => {
    const { body: user } = await create(ann);
    const response = await http(`PATCH /users/${user.id}`, { body });
    expect(response).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: `/${Object.keys(body)[0]!}` }] },
    });
    expect((await http(`GET /users/${user.id}`)).body).toEqual(user);
  });

  it('deletes a user for good', async () => {
    const { body: user } = await create(ann);
    expect((await http(`DELETE /users/${user.id}`)).status).toBe(204);
    for (const line of [`GET /users/${user.id}`, `DELETE /users/${user.id}`])
      expect(await http(line)).toMatchObject({
        status: 404,
        body: { type: 'urn:msa-gateway:problem:not-found' },
      });
    expect((await http(`PUT /users/${user.id}`, { body: ann })).status).toBe(404);
    expect((await create(ann)).status).toBe(201);
  });

  it('rejects changes when the version does not match the preconditions', async () => {
    const { body: user } = await create(ann);
    const stale = { 'if-match': '"7", W/"1", nonsense' };
    expect((await http(`PUT /users/${user.id}`, { body: bob, headers: stale })).status).toBe(412);
    expect((await http(`PATCH /users/${user.id}`, { body: bob, headers: stale })).status).toBe(412);
    expect((await http(`DELETE /users/${user.id}`, { headers: stale })).status).toBe(412);
    const unwanted = await http(`PUT /users/${user.id}`, { body: bob, headers: { 'if-none-match': '*' } });
    expect(unwanted.status).toBe(412);
    const fresh = { 'if-match': '"0", "1"' };
    expect((await http(`PUT /users/${user.id}`, { body: bob, headers: fresh })).status).toBe(200);
    expect((await http(`DELETE /users/${user.id}`, { headers: { 'if-match': '*' } })).status).toBe(204);
  });

  it('lets exactly one of many writers of the same version succeed', async () => {
    const { body: user } = await create(ann);
    const write = (n: number) =>
      http(`PATCH /users/${user.id}`, { body: { name: `writer ${n}` }, headers: { 'if-match': '"1"' } });
    const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 412)).toHaveLength(19);
  });

  it('loses no change of writers without preconditions', async () => {
    const { body: user } = await create(ann);
    const write = (n: number) => http(`PATCH /users/${user.id}`, { body: { name: `writer ${n}` } });
    const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await http(`GET /users/${user.id}`)).headers.get('etag')).toBe('"21"');
  });

  it('responds 304 when the client has the current version', async () => {
    const { body: user } = await create(ann);
    const unchanged = await http(`GET /users/${user.id}`, { headers: { 'if-none-match': 'W/"1"' } });
    expect([unchanged.status, unchanged.headers.get('etag'), unchanged.body]).toEqual([304, '"1"', '']);
    expect((await http(`GET /users/${user.id}`, { headers: { 'if-none-match': '"2"' } })).status).toBe(200);
  });

  it('lists users page by page in order of creation', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { body } = await create({ email: `u${n}@example.com`, name: `U${n}` });
      ids.push((body as User).id);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { items, nextCursor } = (await http(`GET /users?limit=2${cursor}`)).body as Page<User>;
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor ? `&cursor=${nextCursor}` : '';
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it('refuses invalid list queries', async () => {
    const queries = ['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'limit=', 'limit=1&limit=2'];
    for (const query of [...queries, 'cursor=garbage', 'cursor=', 'page=2']) {
      const response = await http(`GET /users?${query}`);
      expect([query, response.status]).toEqual([query, 400]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });
});
