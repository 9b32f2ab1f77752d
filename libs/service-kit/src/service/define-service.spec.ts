import { Controller, Get, Module } from '@nestjs/common';
import { bootForTest, call, onOwnPostgres, waitFor, type TestApp } from '#testing';
import { Readiness } from '../app/readiness.js';
import { InProcessTransport } from '../events/transport/in-process-transport.js';
import { defineService } from './define-service.js';

@Controller('notes')
class NotesController {
  @Get(':id')
  get(): object {
    return {};
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const noteService = defineService({
  name: 'note-service',
  version: '1.0.0',
  portVariable: 'NOTE_SERVICE_PORT',
  defaultPort: 0,
  migrations: {},
  module: () => ({ module: NotesModule }),
});

describe('a service', () => {
  let app: TestApp;
  const get = (path: string, headers = {}) => call(app.url, `GET ${path}`, { headers });

  beforeEach(async () => {
    app = await bootForTest(noteService);
  });
  afterEach(() => app.close());

  it('reports its health in the format of terminus', async () => {
    const { status, body } = await get('/health');
    const up = { database: { status: 'up', responseTime: expect.any(Number) as number } };
    expect([status, body]).toEqual([200, { status: 'ok', info: up, error: {}, details: up }]);
    expect((await get('/health/live')).body).toEqual({ status: 'ok', info: {}, error: {}, details: {} });
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('is not ready once it drains, but stays live', async () => {
    await app.leave();
    const ready = await get('/health/ready');
    expect(ready).toMatchObject({ status: 503, body: { error: { readiness: { message: 'draining' } } } });
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
  });

  it('counts requests by route pattern, not by path', async () => {
    await get('/notes/1');
    await get('/notes/2');
    await get('/nothing/here');
    const { headers, body } = await get('/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const sample = 'http_request_duration_seconds_count';
    expect(body).toContain(`${sample}{method="GET",route="/notes/:id",code="200",status="200"} 2`);
    expect(body).toContain(`${sample}{method="GET",route="unknown",code="404",status="404"} 1`);
    expect(body).toContain('process_cpu_seconds_total ');
  });

  it('serves OpenMetrics to clients that accept it, and Prometheus text afterwards', async () => {
    const { headers, body } = await get('/metrics', {
      accept: 'application/openmetrics-text; version=1.0.0',
    });
    expect(headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toMatch(/# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total \S+\n/);
    expect(body).toMatch(/\n# EOF\n$/);
    expect(body).not.toContain('\n\n');
    expect((await get('/metrics')).body).toContain('# TYPE process_cpu_seconds_total counter\n');
  });

  it('has no events in a process whose other services have some', async () => {
    const other = await bootForTest(noteService, {}, { events: new InProcessTransport() });
    const { body } = await call(other.url, 'GET /health');
    expect(Object.keys(body.details as object)).toEqual(['database']);
    expect((await call(other.url, 'GET /events/dead-letters')).status).toBe(404);
    await other.close();
  });

  it('separates the metrics of two services in one process', async () => {
    const other = await bootForTest(noteService);
    await get('/notes/1');
    expect((await call(other.url, 'GET /metrics')).body).not.toContain('route="/notes/:id"');
    await other.close();
  });
});

onOwnPostgres('a service whose store is unavailable', (server) => {
  it('is neither healthy nor ready, reports that to the registry, and stays live', async () => {
    const app = await bootForTest(noteService, { DATABASE_URL: await server().createDatabase() });
    const statusOf = async (path: string) => (await call(app.url, `GET ${path}`)).status;
    expect(await statusOf('/health/ready')).toBe(200);
    const readiness = app.nest.get(Readiness, { strict: false });
    expect(await readiness.isReady()).toBe(true);
    await server().stop();
    await waitFor('the service not to be ready', async () => (await statusOf('/health/ready')) === 503);
    const { status, body } = await call(app.url, 'GET /health');
    const down = { database: { status: 'down', message: 'no response' } };
    expect([status, body]).toEqual([503, { status: 'error', info: {}, error: down, details: down }]);
    expect(await readiness.isReady()).toBe(false);
    expect(await statusOf('/health/live')).toBe(200);
    await app.close();
  });
});
