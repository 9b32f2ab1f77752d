import { asDocument, type JsonObject } from '../openapi.js';
import { breakingChanges } from './compare-documents.js';

const text = { type: 'string' };
const user = (extra: JsonObject = {}) => ({
  type: 'object',
  required: ['id', 'name'],
  properties: {
    id: text,
    name: text,
    age: { type: 'integer' },
    friends: { type: 'array', items: ref('User') },
  },
  ...extra,
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: JsonObject) => ({ content: { 'application/json': { schema } } });

interface Parts {
  readonly post?: JsonObject;
  readonly get?: JsonObject;
  readonly User?: JsonObject;
  readonly path?: string;
}

const documentOf = ({ post, get, User = user(), path = '/users/{id}' }: Parts = {}) =>
  asDocument({
    openapi: '3.1.0',
    info: {},
    paths: {
      '/users': {
        post: post ?? {
          requestBody: {
            required: true,
            ...json({ type: 'object', required: ['name'], properties: { name: text } }),
          },
          responses: { 201: json(ref('User')) },
        },
      },
      [path]: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        get: get ?? {
          parameters: [{ name: 'view', in: 'query', schema: { type: 'string', enum: ['short', 'long'] } }],
          responses: { 200: json(ref('User')) },
        },
      },
    },
    components: { schemas: { User } },
  });

async function linesOf(next: Parts, accepted: Parts = {}): Promise<readonly string[]> {
  const { changes } = await breakingChanges(documentOf(accepted), documentOf(next));
  return changes.map(({ kind, operation, at, detail }) => `${kind}: ${operation} ${at}: ${detail}`);
}

describe('breakingChanges', () => {
  it('finds none in the same document, a renamed path parameter, or additions', async () => {
    expect(await linesOf({})).toEqual([]);
    expect(await linesOf({ path: '/users/{userId}' })).toEqual([]);
    expect(await linesOf({ User: user({ properties: { ...user().properties, email: text } }) })).toEqual([]);
    expect(
      await linesOf({
        get: {
          parameters: [
            { name: 'view', in: 'query', schema: text },
            { name: 'lang', in: 'query', schema: text },
            { name: 'Authorization', in: 'header', required: true, schema: text },
          ],
          responses: { 200: json(ref('User')), 304: {} },
        },
      }),
    ).toEqual([]);
  });

  it('finds removed operations and responses', async () => {
    expect(await linesOf({ path: '/people/{id}' })).toEqual([
      'operation-removed: GET /users/{id} : the operation is no longer documented',
    ]);
    expect(await linesOf({ get: { responses: { 204: {} } } })).toEqual([
      'operation-removed: GET /users/{id} response 200: the response is no longer documented',
    ]);
  });

  it('finds new required inputs', async () => {
    const required = { name: 'X-Tenant', in: 'header', required: true, schema: text };
    expect(await linesOf({ get: { parameters: [required], responses: { 200: json(ref('User')) } } })).toEqual(
      ['input-required: GET /users/{id} header x-tenant: requests must have this parameter'],
    );
    const body = { type: 'object', required: ['name', 'email'], properties: { name: text, email: text } };
    expect(
      await linesOf({ post: { requestBody: json(body), responses: { 201: json(ref('User')) } } }),
    ).toEqual(['input-required: POST /users request/email: requests must have this member']);
  });

  it('finds removed members of responses, also in lists, parts and recursive schemas', async () => {
    const { age: _age, ...others } = user().properties;
    expect(await linesOf({ User: user({ properties: others }) })).toContain(
      'response-member-removed: GET /users/{id} response 200/age: responses no longer have this member',
    );
    expect(await linesOf({ User: user({ required: ['id'] }) })).toContain(
      'response-member-removed: GET /users/{id} response 200/name: responses need not have this member',
    );
    const inParts = { allOf: [{ type: 'object', required: ['id', 'name'], properties: user().properties }] };
    expect(await linesOf({ User: inParts })).toEqual([]);
    const listOf = (item: JsonObject) => ({ responses: { 200: json({ type: 'array', items: item }) } });
    expect(
      (
        await linesOf(
          { get: listOf({ type: 'object', properties: { b: text } }) },
          { get: listOf(user() as never) },
        )
      )[0],
    ).toMatch(/^response-member-removed: GET \/users\/\{id\} response 200\/\[\]\/id/);
  });

  it('finds changed types in the direction in which they break', async () => {
    const withAge = (age: JsonObject) => user({ properties: { ...user().properties, age } });
    expect(await linesOf({ User: withAge(text) })).toContain(
      'type-changed: GET /users/{id} response 200/age: integer became string',
    );
    expect(await linesOf({ User: withAge({ type: ['integer', 'null'] }) })).toContain(
      'type-changed: GET /users/{id} response 200/age: integer became integer or null',
    );
    expect(
      await linesOf({ User: withAge({ type: 'integer' }) }, { User: withAge({ type: 'number' }) }),
    ).toEqual([]);
    const view = (schema: JsonObject) => ({
      get: { parameters: [{ name: 'view', in: 'query', schema }], responses: { 200: json(ref('User')) } },
    });
    expect(await linesOf(view({ type: 'string', enum: ['short'] }))).toEqual([
      'type-changed: GET /users/{id} query view: no longer accepts "long"',
    ]);
    expect(await linesOf(view({ type: 'integer' }))).toHaveLength(1);
    expect(await linesOf(view({ type: ['string', 'integer'], enum: ['short', 'long', 1] }))).toEqual([]);
  });

  it('compares success responses with those that take their place', async () => {
    const ok = json(user());
    const other = json({ type: 'object', properties: { id: text } });
    const get = (responses: JsonObject) => ({ get: { responses } });
    const removed = (status: string) =>
      `response-member-removed: GET /users/{id} response ${status}/name: responses no longer have this member`;
    expect(await linesOf(get({ 200: other, 404: {} }), get({ default: ok }))).toContain(removed('default'));
    expect(await linesOf(get({ 200: other }), get({ '2XX': ok }))).toContain(removed('2XX'));
    expect(await linesOf(get({ default: other }), get({ 200: ok }))).toContain(removed('200'));
    expect(await linesOf(get({ 200: ok, 204: {} }), get({ default: ok, 404: {} }))).toEqual([]);
    expect(await linesOf(get({ 200: ok }), get({ 200: ok, default: json({ type: 'object' }) }))).toEqual([]);
  });

  it('compares parameters of the path by their position', async () => {
    const at = (id: string, type: string) => ({
      path: `/users/{${id}}`,
      get: {
        parameters: [{ name: id, in: 'path', required: true, schema: { type } }],
        responses: { 200: json(ref('User')) },
      },
    });
    expect(await linesOf(at('id', 'string'), at('userId', 'string'))).toEqual([]);
    expect(await linesOf(at('id', 'integer'), at('userId', 'string'))).toEqual([
      'type-changed: GET /users/{userId} path userId: string became integer',
    ]);
    expect(await linesOf(at('id', 'string'), { get: { responses: { 200: json(ref('User')) } } })).toEqual([]);
  });

  it('finds operations behind a reference', async () => {
    const users = { get: { responses: { 200: json(text) } } };
    const direct = { openapi: '3.1.0', info: {}, paths: { '/users': users } };
    const referring = (type: string) => ({
      ...direct,
      paths: { '/users': { $ref: '#/components/pathItems/Users' } },
      components: { pathItems: { Users: { get: { responses: { 200: json({ type }) } } } } },
    });
    const changesTo = async (type: string) =>
      (await breakingChanges(asDocument(direct), asDocument(referring(type)))).changes;
    expect(await changesTo('string')).toEqual([]);
    expect(await changesTo('integer')).toHaveLength(1);
  });

  it('ends for schemas that contain themselves, and for references without a target', async () => {
    const loop = { $ref: '#/components/schemas/User' };
    expect(await linesOf({ User: loop })).toEqual([]);
    expect(await linesOf({ User: { $ref: 'https://elsewhere.example/user.json' } })).toEqual([]);
    const parts = Array.from({ length: 1000 }, () => loop);
    expect((await linesOf({ User: { allOf: parts } })).length).toBeLessThan(10);
  });

  it('takes no long time for a document that refers to large schemas many times', async () => {
    const parameters = Array.from({ length: 5000 }, (_, i) => ({
      name: `p${i}`,
      in: 'query',
      schema: ref('Words'),
    }));
    const large = (prefix: string) =>
      asDocument({
        openapi: '3.1.0',
        info: {},
        paths: { '/words': { get: { parameters, responses: { 200: json(ref('Words')) } } } },
        components: { schemas: { Words: { enum: Array.from({ length: 2000 }, (_, i) => `${prefix}${i}`) } } },
      });
    const before = process.cpuUsage();
    const { changes, incomplete } = await breakingChanges(large('a'), large('b'));
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000);
    expect(changes[0]).toMatchObject({
      kind: 'type-changed',
      detail: 'no longer accepts "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", and 1990 more',
    });
    expect(JSON.stringify(changes).length).toBeLessThan(30_000);
    expect(incomplete).toBe('the comparison is incomplete: only the first 100 changes are listed');
  });
});
