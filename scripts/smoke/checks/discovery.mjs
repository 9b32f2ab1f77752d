import { randomUUID } from 'node:crypto';
import { equals, hasMembers, hasStatus, satisfies, isProblem, pointsAt } from '../expect.mjs';
import { isLoopback } from '../loopback.mjs';
import { Skip } from '../report.mjs';
import { startThrowawayService } from '../throwaway-service.mjs';
import { waitUntil } from '../wait-until.mjs';

const MEMBERS = ['id', 'name', 'url', 'version', 'weight', 'ttlSeconds', 'status', 'statusReason'];
const TIMES = ['registeredAt', 'lastHeartbeatAt', 'expiresAt'];

/** Calls to the registry, with the token if there is one. */
class Registry {
  constructor({ client, token }) {
    this.client = client;
    this.headers = token ? { authorization: `Bearer ${token}` } : {};
  }

  read(path) {
    return this.client.get(`/discovery${path}`, this.headers);
  }

  write(method, path, body) {
    return this.client.send(method, `/discovery${path}`, body, this.headers);
  }
}

/** The life of a throw-away instance, from its registration to the 503 after its removal. */
export async function discovery(context) {
  const registry = new Registry(context);
  // The same name in every run: it stays known for INSTANCE_RETENTION after its instance is removed.
  const name = 'smoke-test';
  await context.report.group('service discovery', async (group) => {
    const service = await startThrowawayService();
    group.defer(() => service.stop());
    const body = {
      id: `${name}-${randomUUID().slice(0, 8)}`,
      name,
      url: service.url,
      version: '1.2.3',
      ttlSeconds: 60,
      healthPath: '/',
    };
    group.defer(() => registry.write('DELETE', `/unregister/${body.id}`));
    await reads(group, registry);
    await group.need('POST /discovery/register returns 201 with the instance', () =>
      register(registry, body),
    );
    await known(group, registry, body);
    await renewal(group, registry, body);
    await traffic(group, context, registry, body);
    await explanation(group, registry, body);
    await drain(group, registry, body);
    await events(group, context, registry, body);
    await removal(group, context, registry, body);
  });
}

async function reads(group, registry) {
  await group.check('GET /discovery/services returns instances', async () => {
    const { json } = hasStatus(await registry.read('/services'), 200);
    satisfies(Array.isArray(json) && json.length >= 3, 'at least three instances', json);
    hasMembers(json[0], ...MEMBERS, ...TIMES);
  });
  await group.check('GET /discovery/services/{id} of an unknown id is 404', async () =>
    isProblem(await registry.read('/services/no-such-instance'), 404),
  );
}

async function register(registry, body) {
  const response = await registry.write('POST', '/register', body);
  if (response.status === 401 || response.status === 403)
    throw new Skip(`this registry refuses writes from here (${response.status}); set REGISTRY_TOKEN`);
  const { json } = hasStatus(response, 201);
  hasMembers(json, ...MEMBERS, ...TIMES);
  for (const member of Object.keys(body)) equals(member, json[member], body[member]);
}

async function known(group, registry, { id, name }) {
  await group.check('GET /discovery/services/{id} returns it', async () =>
    equals('id', hasStatus(await registry.read(`/services/${id}`), 200).json.id, id),
  );
  await group.check('GET /discovery/services?name= finds it', async () => {
    const { json } = hasStatus(await registry.read(`/services?name=${name}`), 200);
    const ids = json.map((instance) => instance.id);
    satisfies(ids.includes(id) && json.every((each) => each.name === name), `${id} among ${name} alone`, ids);
  });
  await group.check('GET /discovery/services?status= filters', async () => {
    const { json } = hasStatus(await registry.read('/services?status=up'), 200);
    satisfies(
      json.every(({ status }) => status === 'up'),
      'status up only',
      json.map(({ status }) => status),
    );
  });
}

async function renewal(group, registry, body) {
  await group.check('POST /discovery/register again with the same id returns 200', async () =>
    equals('id', hasStatus(await registry.write('POST', '/register', body), 200).json.id, body.id),
  );
  await group.check('POST /discovery/heartbeat/{id} renews the lease', async () => {
    const before = (await registry.read(`/services/${body.id}`)).json.expiresAt;
    const heartbeat = { inFlight: 2, loopLagMs: 0.5 };
    const { json } = hasStatus(await registry.write('POST', `/heartbeat/${body.id}`, heartbeat), 200);
    satisfies(json.expiresAt >= before, `expiresAt from ${before} on`, json.expiresAt);
    hasStatus(await registry.write('POST', `/heartbeat/${body.id}`), 200);
  });
  await group.check('POST /discovery/heartbeat/{id} of an unknown id is 404', async () =>
    isProblem(await registry.write('POST', '/heartbeat/no-such-instance'), 404),
  );
  await group.check('POST /discovery/register names each bad member', async () => {
    const bad = { name: 'Not A Name', url: 'ftp://x/y', colour: 'red' };
    pointsAt(await registry.write('POST', '/register', bad), '/name', '/url', '/colour');
  });
  await group.check('POST /discovery/cleanup removes expired instances only', async () => {
    const { json } = hasStatus(await registry.write('POST', '/cleanup'), 200);
    satisfies(!hasMembers(json, 'removed').removed.includes(body.id), `${body.id} to stay`, json.removed);
  });
}

/** Whether this machine can reach `url`. */
const isReachable = (url) =>
  fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2000) }).then(
    async ({ body }) => (await body?.cancel(), true),
    () => false,
  );

/** The gateway calls the instance of this script, so it must run on the same machine and outside of containers. */
async function needsSameMachine({ target, client }) {
  const { json } = await client.get('/discovery/services?status=up');
  const urls = json.map(({ url }) => new URL(url));
  const isLocal = [target, ...urls].every(({ hostname }) => isLoopback(hostname));
  if (!isLocal || !(await Promise.all(urls.map(isReachable))).every(Boolean))
    throw new Skip(
      'the gateway runs on another machine or in a container and cannot reach an instance of this script',
    );
}

async function traffic(group, context, registry, { id, name }) {
  await group.check('it comes up, and /api/{service}/{path} reaches it', async () => {
    await needsSameMachine(context);
    await waitUntil('status up', async () => (await registry.read(`/services/${id}`)).json.status === 'up');
    const { json } = hasStatus(await context.client.get(`/api/${name}/a%2Fb/c?x=1&x=%20`), 200);
    equals('path that the service saw', json.url, '/a%2Fb/c?x=1&x=%20');
  });
}

async function explanation(group, registry, { id, name }) {
  await group.check(
    'GET /discovery/explain shows route and instances without sending a request',
    async () => {
      const query = `method=GET&path=${encodeURIComponent(`/api/${name}/x?y=1`)}`;
      const { json } = hasStatus(await registry.read(`/explain?${query}`), 200);
      hasMembers(json, 'route', 'candidates', 'excluded');
      const ids = [...json.candidates, ...json.excluded].map((instance) => instance.id);
      satisfies(ids.includes(id), id, ids);
    },
  );
}

async function drain(group, registry, { id }) {
  const path = `/services/${id}/drain`;
  await group.check('POST /discovery/services/{id}/drain takes it out of rotation', async () => {
    hasStatus(await registry.write('POST', path), 202);
    equals('status', (await registry.read(`/services/${id}`)).json.status, 'draining');
  });
  await group.check('DELETE /discovery/services/{id}/drain resumes', async () => {
    hasStatus(await registry.write('DELETE', path), 200, 202, 204);
    const { status } = (await registry.read(`/services/${id}`)).json;
    satisfies(status !== 'draining', 'a status other than draining', status);
  });
}

const EXPECTED_EVENTS = ['registered', 'draining', 'resumed'];

async function events(group, { client }, registry, { id }) {
  await group.check('GET /discovery/events?since= returns earlier events', async () => {
    const { json } = hasStatus(await registry.read('/events?since=0'), 200);
    const types = json.filter(({ instanceId }) => instanceId === id).map(({ type }) => type);
    for (const type of EXPECTED_EVENTS) satisfies(types.includes(type), `an event ${type}`, types);
  });
  await group.check('GET /discovery/events streams each change as it happens', async () => {
    const stream = await client.openStream('/discovery/events', { accept: 'text/event-stream' });
    try {
      await registry.write('POST', `/services/${id}/drain`);
      await stream.until((text) => text.includes('data:') && text.includes(id));
    } finally {
      stream.close();
      await registry.write('DELETE', `/services/${id}/drain`);
    }
  });
}

async function removal(group, { client, report }, registry, { id, name }) {
  report.addRemains(`/api/${name}`, 'the name stays known for INSTANCE_RETENTION');
  await group.check('a service with no instance in rotation is 503 no-healthy-instance', async () => {
    hasStatus(await registry.write('POST', `/services/${id}/drain`), 202);
    const response = await client.get(`/api/${name}/`);
    isProblem(response, 503, 'no-healthy-instance');
    satisfies(response.headers.get('retry-after'), 'a Retry-After header', null);
  });
  await group.check('DELETE /discovery/unregister/{id} returns 204, and then 404', async () => {
    hasStatus(await registry.write('DELETE', `/unregister/${id}`), 204);
    isProblem(await registry.write('DELETE', `/unregister/${id}`), 404);
    isProblem(await registry.read(`/services/${id}`), 404);
  });
  await group.check('its service stays known: 503 no-healthy-instance', async () =>
    isProblem(await client.get(`/api/${name}/`), 503, 'no-healthy-instance'),
  );
}
