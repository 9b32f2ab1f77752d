import { SERVICES } from '../../lib/services.mjs';
import { equals, hasMembers, hasStatus, hasType, satisfies, isProblem } from '../expect.mjs';
import { waitUntil } from '../wait-until.mjs';

/** The gateway's own endpoints. */
export async function gateway({ client, report }) {
  await report.group('gateway', async (group) => {
    await group.need('GET / returns JSON with name, version, environment, uptime, links', async () => {
      const { json } = hasType(hasStatus(await client.get('/'), 200), 'application/json');
      hasMembers(json, 'name', 'version', 'environment', 'uptime', 'links');
    });
    await group.check('GET / returns a page to a browser', async () => {
      hasType(hasStatus(await client.get('/', { accept: 'text/html' }), 200), 'text/html');
    });
    await health(group, client);
    await metrics(group, client);
    await group.check('GET /services lists the services of this repository', async () => {
      const { json } = hasStatus(await client.get('/services'), 200);
      for (const name of SERVICES)
        isServiceEntry(
          json.find((entry) => entry.name === name),
          name,
        );
    });
    await docs(group, client);
    await requestIds(group, client);
  });
}

function isServiceEntry(entry, name) {
  satisfies(entry, `an entry of ${name}`, 'none');
  hasMembers(entry, 'name', 'instances', 'versions', 'endpoint');
  equals('endpoint', entry.endpoint, `/api/${name}`);
  satisfies(
    entry.instances.healthy >= 1 && entry.instances.total >= 1,
    `a healthy instance of ${name}`,
    entry.instances,
  );
}

async function health(group, client) {
  await group.check('GET /health returns {status, info, error, details}', async () => {
    const { json } = hasStatus(await client.get('/health'), 200);
    hasMembers(json, 'status', 'info', 'error', 'details');
    equals('status', json.status, 'ok');
  });
  for (const path of ['/health/live', '/health/ready'])
    await group.check(`GET ${path} returns 200`, async () => hasStatus(await client.get(path), 200));
}

async function metrics(group, client) {
  await group.check('GET /metrics returns Prometheus text', async () => {
    const { text } = hasType(hasStatus(await client.get('/metrics', { accept: '*/*' }), 200), 'text/plain');
    satisfies(/^# TYPE \S+ \w+$/m.test(text), 'lines "# TYPE name kind"', text);
  });
  await group.check('GET /metrics returns OpenMetrics on request', async () => {
    const response = await client.get('/metrics', { accept: 'application/openmetrics-text' });
    hasType(hasStatus(response, 200), 'application/openmetrics-text');
    satisfies(response.text.endsWith('# EOF\n'), 'a last line "# EOF"', response.text.slice(-40));
  });
  await group.check('GET /metrics returns totals per service as JSON on request', async () => {
    const response = await client.get('/metrics', { accept: 'application/json' });
    const { json } = hasType(hasStatus(response, 200), 'application/json');
    hasMembers(json, 'services');
  });
}

async function docs(group, client) {
  await group.check('GET /docs shows Swagger UI', async () => {
    const response = await client.get('/docs');
    hasType(hasStatus(response, 200), 'text/html');
    satisfies(/swagger/i.test(response.text), 'a Swagger page', response.text);
  });
  await group.check('GET /docs-json merges the documents of gateway and services', async () => {
    const isWhole = (paths) =>
      SERVICES.every((name) => paths.some((path) => path.startsWith(`/api/${name}/`)));
    // The document of a service that has just started may not be ready yet, and is left out until it is.
    await waitUntil('paths of every service', async () => {
      const { json } = hasStatus(await client.get('/docs-json'), 200);
      hasMembers(json, 'openapi', 'info', 'paths');
      const paths = Object.keys(json.paths);
      satisfies(paths.includes('/discovery/register'), 'the path /discovery/register', paths);
      return isWhole(paths);
    });
  });
}

async function requestIds(group, client) {
  await group.check('a caller keeps its x-request-id', async () => {
    const response = await client.get('/services', { 'x-request-id': 'smoke-1' });
    equals('x-request-id', response.headers.get('x-request-id'), 'smoke-1');
  });
  await group.check('an x-request-id of 129 characters is replaced', async () => {
    const response = await client.get('/services', { 'x-request-id': 'x'.repeat(129) });
    satisfies(
      response.headers.get('x-request-id').length <= 128,
      'a new id',
      response.headers.get('x-request-id'),
    );
  });
  await group.check('an unknown path is a 404 problem', async () =>
    isProblem(await client.get('/no/such/path'), 404),
  );
}
