import type { NeighbourCall } from '../neighbours/neighbours.js';
import { TypedClient } from './typed-client.js';

interface Greeting {
  readonly text: string;
}

/** As openapi-typescript writes it. */
interface Paths {
  '/greetings/{name}/{day}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: {
      parameters: { query?: { loud?: boolean; limit?: number }; path: { name: string; day: number } };
      requestBody?: never;
      responses: {
        200: { content: { 'application/json': Greeting } };
        404: { content: { 'application/problem+json': { title: string } } };
      };
    };
    put: {
      parameters: { query?: never; path: { name: string; day: number } };
      requestBody: { content: { 'application/json': Greeting } };
      responses: { 204: { content?: never } };
    };
    post?: never;
  };
}

const PATH = '/greetings/{name}/{day}';

describe('TypedClient', () => {
  const sent: NeighbourCall[] = [];
  let response: { status: number; body?: unknown };
  const client = new TypedClient<Paths>('greeter', {
    call: (call) => {
      sent.push(call);
      return Promise.resolve({ headers: {}, body: undefined, ...response });
    },
  });

  it('puts parameters into the path and the query', async () => {
    response = { status: 200, body: { text: 'hello' } };
    const path = { name: 'a/../b?', day: 1 };
    const result = await client.call('GET', PATH, { path, query: { loud: true } });

    expect(sent.pop()).toEqual({
      service: 'greeter',
      method: 'GET',
      path: '/greetings/a%2F..%2Fb%3F/1?loud=true',
    });
    if (result.status !== 200) throw new Error(result.body.title);
    expect(result.body.text).toBe('hello');
  });

  it('passes body, headers and time limit on, and leaves absent query parameters out', async () => {
    response = { status: 204 };
    const path = { name: 'ann', day: 2 };
    const options = { headers: { 'x-request-id': 'r' }, timeoutMs: 100 };
    await client.call('PUT', PATH, { path, body: { text: 'hi' }, ...options });
    await client.call('GET', PATH, { path, query: { limit: undefined } });

    expect(sent.splice(0)).toEqual([
      { service: 'greeter', method: 'PUT', path: '/greetings/ann/2', body: { text: 'hi' }, ...options },
      { service: 'greeter', method: 'GET', path: '/greetings/ann/2' },
    ]);
  });

  it('is compiled only for operations of the document', () => {
    const path = { name: 'ann', day: 1 };
    const wrong = () => [
      // @ts-expect-error The document has no such path.
      client.call('GET', '/nothing', {}),
      // @ts-expect-error The path has no such method.
      client.call('POST', PATH, { path }),
      // @ts-expect-error A parameter of the path is missing.
      client.call('GET', PATH, { path: { name: 'ann' } }),
      // @ts-expect-error The body is missing.
      client.call('PUT', PATH, { path }),
      // @ts-expect-error The document has no such query parameter.
      client.call('GET', PATH, { path, query: { colour: 'red' } }),
    ];
    expect(wrong).toBeInstanceOf(Function);
  });
});
