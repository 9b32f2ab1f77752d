import fastify, { type FastifyInstance } from 'fastify';
import { respondWithAllowedMethods } from './allowed-methods.js';

let app: FastifyInstance;
let origin: string;

beforeEach(async () => {
  app = fastify();
  respondWithAllowedMethods(app);
  app.get('/users', () => []);
  app.get('/users/:id', () => ({}));
  app.delete('/users/:id', () => ({}));
  app.get('/users/me', () => ({}));
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => app.close());

const request = (method: string, path: string): Promise<Response> => fetch(origin + path, { method });

describe('allowed methods', () => {
  it('are returned with 405 where a path does not support the method', async () => {
    const response = await request('DELETE', '/users?all=1');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('are those of every route that matches the path', async () => {
    const response = await request('PUT', '/users/7');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS');
  });

  it('are the response to OPTIONS', async () => {
    const response = await request('OPTIONS', '/users/7');
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS');
  });

  it('are not returned for an unknown path', async () => {
    expect((await request('DELETE', '/nothing')).status).toBe(404);
    expect((await request('OPTIONS', '/nothing')).status).toBe(404);
  });
});
