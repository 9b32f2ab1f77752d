import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { call, startApp, tempDir } from '#testing';
import { launchCommand } from './operated-gateway.js';

/** Clears a terminal: by ESC, and by the one character of C1 that means the same. */
const CLEAR = '\u001b[2J\u009b2J';
const SHOWN = '\u{fffd}[2J\u{fffd}2J';

const instance = {
  id: `a${CLEAR}`,
  name: `users${CLEAR}`,
  status: `up${CLEAR}`,
  statusReason: `because${CLEAR}`,
};
const RESPONSES: Readonly<Record<string, unknown>> = {
  'GET /discovery/explain': {
    method: 'GET',
    path: `/api/users${CLEAR}`,
    route: { name: `admin${CLEAR}`, service: `users${CLEAR}` },
    upstreamPath: `/${CLEAR}`,
    decisions: [{ stage: `stage${CLEAR}`, decision: `refuse${CLEAR}`, detail: `detail${CLEAR}` }],
    candidates: [{ id: `a${CLEAR}`, url: `http://a${CLEAR}` }],
    problem: null,
    reply: null,
  },
  'GET /discovery/services/a': instance,
  'DELETE /discovery/services/a/drain': instance,
  'GET /discovery/events': [
    {
      id: 1,
      at: `2026${CLEAR}`,
      type: `moved${CLEAR}`,
      service: `users${CLEAR}`,
      instanceId: `a${CLEAR}`,
      status: `up${CLEAR}`,
      reason: `because${CLEAR}`,
    },
  ],
};

describe('msa-gateway prints no control characters of others', () => {
  const folder = tempDir('command-control-');
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const body = RESPONSES[`${request.method} ${request.url!.split('?')[0]}`];
      if (body === undefined) response.statusCode = 404;
      response.end(JSON.stringify(body ?? { title: `None${CLEAR}`, detail: `nothing${CLEAR}` }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    folder.remove();
  });

  async function outputOf(...args: readonly string[]): Promise<string> {
    const launched = launchCommand({ GATEWAY_URL: url }, ...args);
    await launched.exited;
    return launched.stdout + launched.stderr;
  }

  /** How often the text of another program is shown. */
  const shownIn = (output: string): number => output.split(SHOWN).length - 1;

  it.each([
    [['explain', 'GET', '/api/users'], 9],
    [['drain', 'a', '--resume'], 2],
    [['drain', 'orders', 'a'], 2],
    [['drain', 'none'], 2],
    [['events'], 6],
  ])('%j', async (args, times) => {
    const output = await outputOf(...args);
    expect(output.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect([output, shownIn(output)]).toEqual([output, times]);
  });

  it('plan, for a record', async () => {
    const fileOf = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const present = fileOf('present.yaml', 'version: 1\nservices: { users: {} }\n');
    const next = fileOf('next.yaml', 'version: 1\nservices: { users: { respond: { status: 410 } } }\n');
    const env = {
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: '0',
      DATA_DIR: folder.path,
      GATEWAY_CONFIG: present,
    };
    const gateway = await startApp('gateway', env);
    await call(gateway.url, 'POST /discovery/register', {
      body: { name: 'users', url: 'http://127.0.0.1:9' },
    });
    await fetch(`${gateway.url}/api/users/seen`);
    const record = await (await fetch(`${gateway.url}/policies/decisions`)).text();
    await gateway.process.stop();
    const hostile = record.replaceAll('/seen', `/seen${JSON.stringify(CLEAR).slice(1, -1)}`);
    const output = await outputOf('plan', next, '--record', fileOf('record', hostile));
    expect(output.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect([output, shownIn(output)]).toEqual([output, 1]);
  });
});
