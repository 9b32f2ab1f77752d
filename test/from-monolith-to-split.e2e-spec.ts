import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { call, freePort, onPrograms, ROOT, tempDir, waitFor } from '#testing';
import { readText, stepsOf, type Step } from './support/documentation.js';
import { GuideReader } from './support/guide-reader.js';

const PAGE = 'docs/guide/from-monolith-to-split.md';
/** npm fetches about 220 packages, and the compiler reads their declarations five times. */
const TIMEOUT_MS = 300_000;

const folder = tempDir('split-');
const PACKAGES = join(folder.path, 'packages');
const SHOP = join(folder.path, 'shop');

/** The steps of the page by the headings of its sections, without the number. */
const SECTIONS = new Map(
  readText(PAGE)
    .split(/^## (?:\d\. )?/m)
    .map((text) => [text.slice(0, text.indexOf('\n')), stepsOf(text)] as const),
);

it('the files of the page are the same in both languages', () => {
  const filesIn = (page: string): Step[] => stepsOf(readText(page)).filter((step) => 'file' in step);
  expect(filesIn('docs/ko/guide/from-monolith-to-split.md')).toEqual(filesIn(PAGE));
});

onPrograms(['npm', 'curl'], `the commands of ${PAGE}, in an empty folder`, () => {
  let url: string;
  let reader: GuideReader;

  beforeAll(async () => {
    const { status, stderr } = spawnSync('node', ['scripts/pack.mjs', PACKAGES], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    mkdirSync(SHOP);
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}`;
    const npm = {
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_ignore_scripts: 'true',
    };
    const gateway = { GATEWAY_PORT: port, GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR', REGISTRY_URL: url };
    reader = new GuideReader(SHOP, url, { ...npm, ...gateway, PACKAGES, PORT: '0' });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await reader.stop();
    folder.remove();
  });

  const follow = (heading: string): Promise<void> => reader.follow(SECTIONS.get(heading)!);
  const monolith = (): number => reader.program('node main.js').pid;
  const FIRST = 'WEIGHT=5 PORT=3001 node orders.js';
  const SECOND = 'ID=orders-2 PORT=3002 DATABASE=orders.db node orders.js';

  interface Orders {
    readonly pid: number;
    readonly orders: readonly { readonly name: string; readonly item: string }[];
  }
  async function orders(): Promise<Orders> {
    const { status, body } = await call(url, 'GET /api/orders/orders');
    expect(status).toBe(200);
    return body as Orders;
  }
  const statusForUnknownUser = async (): Promise<number> =>
    (await call(url, 'POST /api/orders/orders', { body: { userId: 7, item: 'lamp' } })).status;
  /** The processes that serve 30 requests. */
  async function pids(): Promise<number[]> {
    const seen = new Set<number>();
    for (let i = 0; i < 30; i += 1) seen.add((await orders()).pid);
    return [...seen].sort();
  }
  const items = async (): Promise<string[]> =>
    (await orders()).orders.map(({ name, item }) => `${name}: ${item}`);
  /** The process ids that a loop of the page has counted. */
  const counted = (command: string): number[] =>
    [...reader.outputOf(command).matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid));

  it(
    'start the monolith behind its gateway',
    async () => {
      await follow('The monolith');
      await follow('Put the gateway in front');
      expect(await orders()).toEqual({ pid: monolith(), orders: [{ id: 1, name: 'Ada', item: 'lamp' }] });
      expect(await statusForUnknownUser()).toBe(404);
    },
    TIMEOUT_MS,
  );

  it('show the figures of each service', async () => {
    await follow('Measure, and choose the module');
    expect(reader.outputOf('curl')).toContain('"orders"');
  });

  it(
    'decouple the module',
    async () => {
      await follow('Decouple the module');
      expect(await orders()).toEqual({ pid: monolith(), orders: [{ id: 1, name: 'Ada', item: 'lamp' }] });
      expect(await statusForUnknownUser()).toBe(404);
    },
    TIMEOUT_MS,
  );

  it(
    'run both side by side; nothing fails when the new one is killed',
    async () => {
      await follow('Run both side by side');
      const killed = reader.program(FIRST);
      await waitFor('both', async () => (await pids()).length === 2);
      expect(await pids()).toEqual([monolith(), killed.pid].sort());
      killed.signal('SIGKILL');
      expect(await pids()).toContain(monolith());
      await killed.exited;
      expect(await pids()).toEqual([monolith()]);
      await reader.start(FIRST);
      await waitFor('both again', async () => (await pids()).length === 2);
    },
    TIMEOUT_MS,
  );

  it('move all traffic, back, and forward again', async () => {
    const steps = SECTIONS.get('Move all traffic, and back')!;
    const isLoop = (step: Step): boolean => 'text' in step && step.text.startsWith('for ');
    const forward = steps.findIndex(isLoop) + 1;
    await reader.follow(steps.slice(0, forward));
    expect(counted('for i in $(seq 20)')).toEqual([reader.program(FIRST).pid]);
    await reader.follow(steps.slice(forward, forward + 2));
    expect(await pids()).toEqual([monolith()]);
    await reader.follow(steps.slice(forward + 2));
    expect(await pids()).toEqual([reader.program(FIRST).pid]);
  });

  it(
    'split the database, and lose no order',
    async () => {
      await follow('Split the database');
      expect(await pids()).toEqual([reader.program(SECOND).pid]);
      expect(await items()).toEqual(['Ada: lamp', 'Ada: desk']);
    },
    TIMEOUT_MS,
  );

  it(
    'go on until the gateway is alone in front of two services',
    async () => {
      await follow('Remove the module, and go on with the next');
      expect(await items()).toEqual(['Ada: lamp', 'Ada: desk']);
      const { body } = await call(url, 'GET /discovery/services?status=up');
      const instances = body as readonly { readonly id: string; readonly transport: string }[];
      expect(instances.map(({ id, transport }) => `${id} ${transport}`).sort()).toEqual([
        'orders-2 http',
        'users-1 http',
      ]);
    },
    TIMEOUT_MS,
  );
});
