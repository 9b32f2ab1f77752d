import { mergeDocuments } from './merge-documents.js';
import type { RequirementsOf } from './mount-document.js';
import { asDocument, type JsonObject, type OpenApiDocument } from './openapi.js';

const own: OpenApiDocument = {
  openapi: '3.0.3',
  info: { title: 'Gateway', description: 'All of it.' },
  paths: { '/services': { get: { operationId: 'services' } } },
  components: { schemas: { Problem: { type: 'object' } } },
  tags: [{ name: 'Discovery' }],
};

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const users: OpenApiDocument = {
  openapi: '3.0.0',
  info: { title: 'Users' },
  servers: [{ url: '/' }],
  security: [{ token: [] }],
  tags: [{ name: 'Users', description: 'People' }],
  paths: {
    '/': { get: {} },
    '/users/{id}': {
      parameters: [{ $ref: '#/components/parameters/Id' }],
      servers: [{ url: 'http://127.0.0.1:8001' }],
      get: {
        operationId: 'find',
        tags: ['Users'],
        responses: { 200: { content: { 'application/json': { schema: ref('User') } } } },
      },
      delete: { security: [] },
    },
  },
  components: {
    parameters: { Id: { name: 'id', in: 'path' } },
    schemas: {
      User: {
        type: 'object',
        properties: { friends: { type: 'array', items: ref('User') }, $ref: ref('User') },
      },
      Pet: { discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/User' } } },
    },
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
  },
};

const merged = mergeDocuments(own, [
  { name: 'users', document: users },
  { name: 'broken', reason: '/docs-json returned status 500' },
]);

/** Every `$ref` of a document, at any depth. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : refsIn(member),
  );
}

const at = (document: unknown, pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

describe('mergeDocuments', () => {
  it('puts paths under the prefix of their service', () => {
    expect(Object.keys(merged.paths)).toEqual(['/api/users', '/api/users/users/{id}', '/services']);
  });

  it('prefixes names with their service, so that every reference has the intended target', () => {
    const refs = refsIn(merged);
    expect(refs).toHaveLength(4);
    expect(new Set(refs)).toEqual(
      new Set(['#/components/schemas/users.User', '#/components/parameters/users.Id']),
    );
    for (const each of refs) expect(at(merged, each)).toBeDefined();
    expect(merged.components).toMatchObject({
      schemas: {
        Problem: { type: 'object' },
        'users.Pet': { discriminator: { mapping: { cat: '#/components/schemas/users.User' } } },
      },
      securitySchemes: { 'users.token': { scheme: 'bearer' } },
    });
  });

  it('separates two components with the same name', () => {
    const two = mergeDocuments(own, [
      { name: 'a', document: users },
      { name: 'b', document: users },
    ]);
    expect(Object.keys((two.components as { schemas: object }).schemas)).toEqual([
      'a.User',
      'a.Pet',
      'b.User',
      'b.Pet',
      'Problem',
    ]);
  });

  it('prefixes operation ids, tags and security requirements', () => {
    expect(merged.paths['/api/users/users/{id}']).toMatchObject({
      get: { operationId: 'users.find', tags: ['users: Users'], security: [{ 'users.token': [] }] },
      delete: { tags: ['users'], security: [] },
    });
    expect(merged.paths['/api/users/users/{id}']).not.toHaveProperty('servers');
    expect(merged.tags).toEqual([{ name: 'users: Users', description: 'People' }, { name: 'Discovery' }]);
  });

  it('adds the credentials that the gateway requires to those of the service', () => {
    const alternatives: readonly JsonObject[] = [{ staff: [] }, {}];
    const requirementsOf: RequirementsOf = (method, path) =>
      method === 'get' && path === '/users/{id}' ? alternatives : undefined;
    const { paths } = mergeDocuments(own, [{ name: 'users', document: users, requirementsOf }]);
    expect(paths['/api/users/users/{id}']).toMatchObject({
      get: { security: [{ staff: [], 'users.token': [] }, { 'users.token': [] }] },
      delete: { security: [] },
    });
  });

  it('omits components that only omitted paths use', () => {
    const { components } = mergeDocuments(own, [
      { name: 'users', document: users, isInternal: (path) => path === '/users/{id}' },
    ]);
    expect(components).toMatchObject({ parameters: {}, schemas: { 'users.Pet': expect.anything() } });
    expect(Object.keys((components as { schemas: object }).schemas)).not.toContain('users.User');
  });

  it('lists omitted services with the reason', () => {
    expect(merged['x-unavailable-services']).toEqual([
      { name: 'broken', reason: '/docs-json returned status 500' },
    ]);
    expect(merged.info.description).toMatch(/^All of it\.\n\n.*\n- broken: \/docs-json returned status 500$/);
    expect(mergeDocuments(own, []).info.description).toBe('All of it.');
  });

  it('inserts the path of a document’s server', () => {
    const document = { ...users, servers: [{ url: 'https://users.example/v2/' }] };
    expect(Object.keys(mergeDocuments(own, [{ name: 'users', document }]).paths)).toContain(
      '/api/users/v2/users/{id}',
    );
  });

  it('omits a document that is nested too deeply', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as object;
    const document = { ...users, components: { schemas: { Deep: deep } } } as OpenApiDocument;
    expect(mergeDocuments(own, [{ name: 'deep', document }])['x-unavailable-services']).toEqual([
      { name: 'deep', reason: 'the document is malformed' },
    ]);
  });
});

describe('asDocument', () => {
  it.each([
    [null, 'the document is not a JSON object'],
    [[], 'the document is not a JSON object'],
    [{ swagger: '2.0', paths: {} }, 'the document is not an OpenAPI 3 document'],
    [{ openapi: '3.1.0' }, 'the document has no paths'],
    [{ openapi: '3.1.0', paths: { users: {} } }, 'the document has a malformed path "users"'],
    [{ openapi: '3.1.0', paths: { '/users': 7 } }, 'the document has a malformed path "/users"'],
  ])('rejects %j', (value, reason) => {
    expect(() => asDocument(value)).toThrow(reason);
  });
});
