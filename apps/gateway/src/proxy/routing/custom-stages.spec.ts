import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, tempDir, waitFor } from '#testing';
import { createGateway, type EmbeddedGateway, type GatewayOptions } from '../../create-gateway.js';
import type { StageFactory } from '../extension/stage-api.js';

const folder = tempDir('custom-stages-');
const gateways: EmbeddedGateway[] = [];
afterEach(() => Promise.all(gateways.splice(0).map((gateway) => gateway.close())));
afterAll(() => folder.remove());

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

async function start(options: GatewayOptions): Promise<EmbeddedGateway> {
  const config = { GATEWAY_PORT: 0, GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR', DATA_DIR: folder.path };
  const gateway = await createGateway({ config, ...options });
  gateways.push(gateway);
  const body = { name: 'users', url: 'http://127.0.0.1:9', ttlSeconds: 300 };
  await call(gateway.url, 'POST /discovery/register', { body });
  return gateway;
}

/** The routes that `create` was called for, by service and name. */
let built: string[] = [];
beforeEach(() => (built = []));

/** Responds with the status of its settings. */
const responding: StageFactory<{ readonly status: number }> = {
  name: 'responding',
  validate: (settings) => {
    const { status } = settings as { status?: unknown };
    return typeof status === 'number'
      ? { value: { status } }
      : { issues: [{ message: 'must be a number', path: ['status'] }] };
  },
  create: ({ status }, { route, counts }) => {
    built.push(`${route.service}/${route.name ?? ''}`);
    return {
      name: 'responding',
      request: () => {
        counts.refused.add('always');
        return { status, fields: {}, body: Buffer.alloc(0) };
      },
      preview: () => ({ decision: 'respond', detail: `with ${status}` }),
    };
  },
};

const withStages = (stages: Readonly<Record<string, unknown>> | 'none') =>
  ({ version: 1, services: { users: { stages } } }) as const;

const statusOf = async ({ url }: EmbeddedGateway, path = '/api/users/1'): Promise<number> =>
  (await call(url, `GET ${path}`)).status;

describe('The stages of a program', () => {
  it('are built for routes with settings for them, and for no others', async () => {
    const routes = [
      { name: 'open', match: { service: 'users', path: { prefix: '/open' } }, stages: 'none' },
    ] as const;
    const policies = { ...withStages({ responding: { status: 403 } }), routes };
    const gateway = await start({ policies, stages: [responding] });
    await call(gateway.url, 'POST /discovery/register', {
      body: { name: 'orders', url: 'http://127.0.0.1:9' },
    });
    expect(await statusOf(gateway)).toBe(403);
    expect(await statusOf(gateway, '/api/users/open/1')).toBe(502);
    expect(await statusOf(gateway, '/api/orders/1')).toBe(502);
    expect(built).toEqual(['users/']);
  });

  it('are shown by explain and counted in the metrics', async () => {
    const gateway = await start({
      policies: withStages({ responding: { status: 403 } }),
      stages: [responding],
    });
    await statusOf(gateway);
    const { body } = await call(gateway.url, 'GET /discovery/explain?method=GET&path=/api/users/1');
    expect(body).toMatchObject({
      route: { policy: { stages: { responding: { status: 403 } } } },
      decisions: expect.arrayContaining([{ stage: 'responding', decision: 'respond', detail: 'with 403' }]),
    });
    expect((await call(gateway.url, 'GET /metrics')).body).toMatch(
      /^gateway_policy_decisions_total\{service="users",route="",policy="responding",decision="refused",reason="always"\} 1$/m,
    );
  });

  it('run in the order of the program, each in its position', async () => {
    const named = (name: string, position?: 'forwarding'): StageFactory => ({
      name,
      ...(position && { position }),
      validate: (value) => ({ value }),
      create: () => ({ name }),
    });
    const cache = { enabled: true };
    const requestHeaders = { remove: ['x-a'] };
    const users = { stages: { a: {}, b: {}, c: {} }, cache, requestHeaders };
    const stages = [named('c', 'forwarding'), named('b'), named('a')];
    const gateway = await start({ policies: { version: 1, services: { users } }, stages });
    const { body } = await call(gateway.url, 'GET /discovery/explain?method=GET&path=/api/users/1');
    const names = (body as { route: { stages: string[] } }).route.stages;
    const relevant = names.filter((name) => ['a', 'b', 'c', 'cache', 'header-edits'].includes(name));
    expect(relevant.slice(-5)).toEqual(['b', 'a', 'cache', 'c', 'header-edits']);
  });

  it('fail every request of a route whose stage cannot be built', async () => {
    const broken: StageFactory = {
      name: 'broken',
      validate: (value) => ({ value }),
      create: () => {
        throw new Error('no connection');
      },
    };
    const gateway = await start({ policies: withStages({ broken: {} }), stages: [broken] });
    expect(await statusOf(gateway)).toBe(500);
  });

  it('name the place of each issue', async () => {
    const failing: StageFactory = {
      name: 'failing',
      validate: () => {
        throw new Error('cannot be read');
      },
      create: () => ({ name: 'failing' }),
    };
    const stages = [responding, failing];
    const policies = withStages({ responding: { status: 'x' }, respondin: {}, failing: {} });
    const error = (await start({ policies, stages }).catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain('policies: services.users.stages.responding.status: must be a number');
    expect(error.message).toContain(
      'services.users.stages has no member "respondin"; did you mean "responding"?',
    );
    expect(error.message).toContain('services.users.stages.failing: cannot be read');
    await expect(start({ policies: withStages({ responding: {} }) })).rejects.toThrow(
      'the program adds no stages',
    );
  });

  it('name the line of an issue in a file', async () => {
    const path = write(
      'gateway.yaml',
      'version: 1\nservices:\n  users:\n    stages:\n      responding:\n        status: x\n',
    );
    await expect(start({ policies: path, stages: [responding] })).rejects.toThrow(
      `${path}:6:17 services.users.stages.responding.status: must be a number`,
    );
  });

  it('keep the last valid settings when a file is reloaded', async () => {
    const content = (status: unknown) => JSON.stringify(withStages({ responding: { status } }));
    const path = write('gateway.json', content(403));
    const gateway = await start({ policies: path, stages: [responding] });
    expect(await statusOf(gateway)).toBe(403);
    write('gateway.json', content(410));
    await waitFor('the reload', async () => (await statusOf(gateway)) === 410);
    write('gateway.json', content('x'));
    await waitFor('the error', async () => {
      const { body } = await call(gateway.url, 'GET /policies');
      return (body as { lastError: unknown }).lastError !== null;
    });
    expect(await statusOf(gateway)).toBe(410);
  });

  it('have names and positions of their own', async () => {
    const stages = [
      { ...responding, name: 'no name' },
      responding,
      { ...responding, position: 'last' as 'admission' },
    ];
    await expect(start({ stages })).rejects.toThrow(
      /^gateway: bad configuration: stages\[0\]\.name must match .*; stages\[2\]\.position must be admission or forwarding; stages has "responding" twice$/,
    );
  });

  it('are stage factories with both functions', async () => {
    const stages = [null, { name: 'a', validate: 1 }] as unknown as StageFactory[];
    await expect(start({ stages, policies: withStages({}) })).rejects.toThrow(
      /^gateway: bad configuration: stages\[0\] must be a stage factory; stages\[1\]\.validate must be a function; stages\[1\]\.create must be a function$/,
    );
    await expect(start({ stages: {} as unknown as StageFactory[] })).rejects.toThrow(
      /^gateway: bad configuration: stages must be an array of stage factories$/,
    );
  });

  it.each([
    ['undefined', undefined, ': validate returned no result'],
    ['a text', 'wrong', ': validate returned no result'],
    ['an issue without a message', { issues: [{}] }, ': is not valid'],
    ['issues that are none', { issues: [null] }, ': is not valid'],
    ['issues that are no list', { issues: true }, ': validate returned no result'],
  ])('have an issue if validate returns %s', async (_what, result, message) => {
    const stages = [{ ...responding, validate: () => result as never }];
    await expect(start({ policies: withStages({ responding: {} }), stages })).rejects.toThrow(
      `policies: services.users.stages.responding${message}`,
    );
  });
});
