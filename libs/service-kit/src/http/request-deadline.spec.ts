import { fastify } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '#registry-client';
import { applyDeadlines } from './request-deadline.js';

describe('A request with a timeout of its caller', () => {
  const app = fastify();
  const afterwards: (number | undefined)[] = [];
  applyDeadlines(app);
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    handler: async () => {
      await sleep(20);
      void sleep(200).then(() => afterwards.push(Deadline.remainingMs));
      return { left: Deadline.remainingMs ?? null };
    },
  });
  let url = '';

  beforeAll(async () => {
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });

  afterAll(() => app.close());

  const remainingMsFor = async (init: RequestInit): Promise<number | null> =>
    ((await (await fetch(url, init)).json()) as { left: number | null }).left;

  it.each<RequestInit>([
    { method: 'GET' },
    { method: 'POST', body: JSON.stringify({ large: 'x'.repeat(200_000) }) },
  ])('limits the time of its handler, but not of work after the response', async (init) => {
    const headers = { 'content-type': 'application/json', 'x-request-timeout-ms': '5000' };
    const left = await remainingMsFor({ ...init, headers });
    expect(left).toBeGreaterThan(1_000);
    expect(left).toBeLessThan(4_990);
    await sleep(300);
    expect(afterwards.at(-1)).toBeUndefined();
  });

  it.each<Record<string, string>>([{}, { 'x-request-timeout-ms': 'soon' }, { 'x-request-timeout-ms': '-1' }])(
    'has no deadline with %j',
    async (headers) => expect(await remainingMsFor({ headers })).toBeNull(),
  );
});
