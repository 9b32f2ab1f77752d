import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance } from '../discovery/index.js';
import { DEFAULT_POLICY, type Policy } from '../policy/policy.js';
import { instanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

const STICKY: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'sticky-cookie' },
  traffic: {
    versions: [
      { version: '1.0.0', weight: 50 },
      { version: '2.0.0', weight: 50 },
    ],
    cohort: { from: 'cookie' },
  },
};

/** What a client got, and the cookies that it then has. */
interface Visit {
  readonly id: string;
  readonly version: string;
  readonly cookie: string;
}

describe.each(['wire', 'node', 'local'] as const)('A route with versions (%s)', (kind) => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const serve = async (id: string, version: string): Promise<Instance> => {
    const respond = (_request: IncomingMessage, response: ServerResponse): void =>
      void response.end(JSON.stringify({ id, version }));
    const target = { request: respond, upgrade: () => undefined };
    if (kind === 'local') return instanceOf({ id, version, target });
    const server = createServer(respond).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    return instanceOf({ id, version, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  async function start() {
    const harness = await ProxyHarness.start({}, kind === 'wire' ? 'wire' : 'node', STICKY);
    closers.push(() => harness.close());
    const old = await Promise.all(['1a', '1b'].map((id) => serve(id, '1.0.0')));
    const canary = await Promise.all(['2a', '2b'].map((id) => serve(id, '2.0.0')));
    harness.setInstances(...old, ...canary);
    const visit = async (cookie = ''): Promise<Visit> => {
      const response = await fetch(`${harness.url}/api/users/1`, { headers: { cookie } });
      const set = response.headers.getSetCookie().map((each) => each.split(';')[0]!);
      const names = set.map((each) => each.split('=')[0]);
      const kept = cookie.split('; ').filter((each) => each !== '' && !names.includes(each.split('=')[0]));
      const { id, version } = (await response.json()) as Visit;
      return { id, version, cookie: [...kept, ...set].join('; ') };
    };
    return { harness, old, canary, visit };
  }

  it('keeps a client on its version by a cookie, and inside it on its instance', async () => {
    const { visit } = await start();
    const clients = await Promise.all(Array.from({ length: 24 }, () => visit()));
    expect(new Set(clients.map(({ version }) => version)).size).toBe(2);
    expect(clients[0]!.cookie).toMatch(/^cohort-users=[\w-]{22}; affinity-users=\w+$/);
    const again = await Promise.all(clients.map(({ cookie }) => visit(cookie)));
    expect(again).toEqual(clients);
  });

  it('sends the clients of a version without instances to the other one, and back', async () => {
    const { harness, old, canary, visit } = await start();
    let client = await visit();
    while (client.version !== '2.0.0') client = await visit();
    harness.setInstances(...old, ...canary.map((each) => ({ ...each, status: 'down' as const })));
    const moved = await visit(client.cookie);
    expect(moved.version).toBe('1.0.0');
    harness.setInstances(...old, ...canary);
    const back = await visit(moved.cookie);
    expect(back.version).toBe('2.0.0');
    const cohort = /cohort-users=[\w-]+/;
    expect(cohort.exec(back.cookie)?.[0]).toBe(cohort.exec(client.cookie)?.[0]);
  });
});
