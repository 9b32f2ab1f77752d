import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';
import { DiscoveryHarness } from '../testing/discovery-harness.js';
import type { DnsAnswer, DnsLookup } from './dns-lookup.js';
import { StaticInstances } from './static-instances.js';

const folder = mkdtempSync(join(tmpdir(), 'instances-'));
const path = join(folder, 'instances.json');
const write = (content: unknown): void =>
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a gateway with an instances file', () => {
  let backend: Server;
  let url: string;
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    backend = createServer((_request, response) => response.end('from the file')).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
    write([{ name: 'files', url, id: 'files-1', version: '2.0.0', metadata: { zone: 'a' } }]);
    gateway = await GatewayUnderTest.start({ INSTANCES_FILE: path, LOG_LEVEL: 'ERROR' });
  });
  afterAll(async () => {
    await gateway.stop();
    backend.close();
  });

  const statusOf = async (name: string): Promise<number> => (await gateway.get(`/api/${name}/`)).status;

  it('sends requests to them, and marks them as static', async () => {
    await until(async () => (await statusOf('files')) === 200);
    expect((await gateway.get('/discovery/services/files-1')).body).toMatchObject({
      version: '2.0.0',
      status: 'up',
      metadata: { zone: 'a', static: 'true' },
    });
  });

  it('follows the file: registers new entries and unregisters removed ones', async () => {
    write([{ name: 'papers', url }]);
    await until(async () => (await statusOf('papers')) === 200 && (await statusOf('files')) === 503);
    write([
      { name: 'papers', url },
      { name: 'files', url, id: 'files-1', weight: 7 },
    ]);
    await until(async () => (await statusOf('files')) === 200);
    expect((await gateway.get('/discovery/services/files-1')).body).toMatchObject({ weight: 7 });
  });

  it('keeps the last valid list when the file becomes invalid', async () => {
    const logged = jest.spyOn(gateway.app.logger, 'error');
    write('[{ "name": "pap');
    await until(() =>
      logged.mock.calls.some(([message]) =>
        String(message).includes('is invalid; the previous list stays in effect: the file is not valid JSON'),
      ),
    );
    logged.mockRestore();
    expect([await statusOf('papers'), await statusOf('files')]).toEqual([200, 200]);
    write([{ name: 'papers', url }]);
    await until(async () => (await statusOf('files')) === 503);
  });

  it('ejects an unreachable instance before any request, with the reason', async () => {
    write([{ name: 'unreachable', url: 'http://127.0.0.1:1', id: 'unreachable-1' }]);
    await until(async () => {
      const { body } = await gateway.get('/discovery/services/unreachable-1');
      return (body as { status?: string }).status === 'down';
    });
    expect((await gateway.get('/discovery/services/unreachable-1')).body).toMatchObject({
      statusReason: 'listed in INSTANCES_FILE; health check of /health/ready failed (ECONNREFUSED)',
    });
  });

  it.each([
    ['{ "a": 1 }', 'the file is not a JSON array'],
    ['nothing', 'the file is not valid JSON'],
  ])('does not start if the file contains %s', async (content, problem) => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, content);
    await expect(GatewayUnderTest.start({ INSTANCES_FILE: broken })).rejects.toThrow(
      `INSTANCES_FILE must be a valid instances file: ${problem}`,
    );
  });

  it('does not start with an invalid list, and names all its faults with every other invalid variable', async () => {
    const broken = join(folder, 'broken.json');
    const entries = [
      { name: 'Bad Name', url: 'ftp://x' },
      { name: 'a', url: 'http://127.0.0.1:1', colour: 'red' },
      { name: 'b', url: 'http://127.0.0.1:1', ttlSeconds: 5 },
      7,
      { name: 'c', url: 'http://0' },
    ];
    writeFileSync(broken, JSON.stringify(entries));
    const failure = await GatewayUnderTest.start({ INSTANCES_FILE: broken, DATA_PLANE: 'x' }).catch(String);
    for (const named of [
      '/0/name',
      '/0/url',
      '/1/colour',
      '/2/ttlSeconds',
      '/3 must',
      '/4/url',
      'DATA_PLANE',
    ])
      expect(failure).toContain(named);
  });

  it('does not start with two entries of the same id, or without the file', async () => {
    const broken = join(folder, 'broken.json');
    const same = { name: 'a', url: 'http://127.0.0.1:1' };
    writeFileSync(broken, JSON.stringify([same, same]));
    await expect(GatewayUnderTest.start({ INSTANCES_FILE: broken })).rejects.toThrow(
      '/1 repeats the id of another entry: a-at-127.0.0.1-1',
    );
    await expect(GatewayUnderTest.start({ INSTANCES_FILE: join(folder, 'none') })).rejects.toThrow(
      'the file cannot be read',
    );
  });
});

const noDns: DnsLookup = () => Promise.reject(new Error('no DNS'));

describe('static instances', () => {
  const url = 'http://127.0.0.1:9001';
  const entry = { name: 'files', url, id: 'a' };
  let harness: DiscoveryHarness;
  let instances: StaticInstances;
  let problems: string[];

  beforeEach(() => {
    write([entry]);
    problems = [];
    harness = new DiscoveryHarness();
    harness.check.passes = true;
    const { registry, index, targetPolicy, ejector } = harness;
    const onProblem = (problem: string) => problems.push(problem);
    const parts = { path, registry, index, targetPolicy, ejector, onProblem };
    instances = new StaticInstances({ ...parts, lookup: noDns, onNotice: () => undefined });
  });

  /** Advances the time, with ticks of the static instances. */
  async function pass(seconds: number): Promise<void> {
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      await instances.tick();
      await harness.pass(100);
    }
  }

  it('never expire, even while they are unreachable', async () => {
    await pass(1);
    harness.check.passes = false;
    harness.ejector.refused(harness.instance('a'), 'refused');
    await pass(120);
    expect(await harness.registry.find('a')).toMatchObject({ status: 'down' });
    harness.check.passes = true;
    await pass(10);
    expect(harness.available('files')).toEqual(['a']);
  });

  it('keep drains and weights set through the API until the file changes', async () => {
    await pass(1);
    await harness.registry.register({ ...entry, weight: 5 });
    await harness.registry.drain('a');
    await pass(20);
    expect(await harness.registry.find('a')).toMatchObject({ status: 'draining', weight: 5 });
    write([{ ...entry, weight: 9 }]);
    await pass(2);
    expect(await harness.registry.find('a')).toMatchObject({ status: 'up', weight: 9 });
  });

  it('return after they were unregistered through the API: the file is authoritative', async () => {
    await pass(1);
    await harness.registry.unregister('a');
    await pass(6);
    expect(harness.available('files')).toEqual(['a']);
  });

  it('are not registered again by a second gateway with the same file', async () => {
    await pass(1);
    harness.check.passes = false;
    harness.ejector.refused(harness.instance('a'), 'refused');
    const { registry, index, targetPolicy, ejector } = harness;
    const second = new StaticInstances({
      path,
      registry,
      index,
      targetPolicy,
      ejector,
      lookup: noDns,
      onProblem: () => undefined,
      onNotice: () => undefined,
    });
    await second.tick();
    expect(harness.log.after(0).map(({ type }) => type)).toEqual(['registered', 'status-changed']);
  });

  describe('of a DNS name', () => {
    let answer: DnsAnswer;
    const [first, second] = ['files-at-10.0.0.1-80', 'files-at-10.0.0.2-80'] as const;
    const answerOf = (...addresses: readonly string[]): DnsAnswer => ({
      addresses: addresses.map((address) => ({
        host: 'files.test',
        address,
        port: 80,
        priority: 0,
        weight: undefined,
      })),
      ttlMs: 1000,
    });

    beforeEach(async () => {
      answer = answerOf('10.0.0.1', '10.0.0.2');
      write([{ name: 'files', url: 'dns://files.test:80' }]);
      const { registry, index, targetPolicy, ejector } = harness;
      const onProblem = (problem: string) => problems.push(problem);
      const parts = { path, registry, index, targetPolicy, ejector, onProblem };
      const lookup = () => Promise.resolve(answer);
      instances = new StaticInstances({ ...parts, lookup, onNotice: () => undefined });
      await pass(1);
    });

    it('drain when their address leaves, return with it, and are unregistered otherwise', async () => {
      answer = answerOf('10.0.0.1');
      await pass(2);
      expect(await harness.registry.find(second)).toMatchObject({ status: 'draining' });
      answer = answerOf('10.0.0.2', '10.0.0.1');
      await pass(2);
      expect(harness.available('files')).toEqual([first, second]);
      answer = answerOf('10.0.0.1');
      await pass(12);
      expect(harness.ids('files')).toEqual([first]);
    });

    it('leave all if the name has no addresses any more', async () => {
      answer = answerOf();
      await pass(2);
      expect(harness.available('files')).toEqual([]);
    });

    it('keep a drain and a weight set through the API while their records stay', async () => {
      await harness.registry.drain(first);
      await harness.registry.setWeight(second, 7);
      answer = answerOf('10.0.0.2', '10.0.0.3', '10.0.0.1');
      await pass(10);
      expect(await harness.registry.find(first)).toMatchObject({ status: 'draining' });
      expect(await harness.registry.find(second)).toMatchObject({ status: 'up', weight: 7 });
    });

    it('stay in rotation when their entry changes in the file', async () => {
      write([{ name: 'files', url: 'dns://files.test:80', metadata: { zone: 'b' } }]);
      await pass(2);
      expect(harness.log.after(0).filter(({ type }) => type === 'draining')).toEqual([]);
      expect(await harness.registry.find(first)).toMatchObject({ metadata: { zone: 'b', source: 'dns' } });
    });
  });

  it('report a rejected or invalid entry once', async () => {
    harness.addresses['no-such-host.invalid'] = '';
    write([
      { ...entry, url: 'http://no-such-host.invalid' },
      { name: 'files', url, id: 'b' },
    ]);
    await pass(11);
    write('nothing');
    await pass(3);
    expect(harness.available('files')).toEqual(['b']);
    expect(problems).toEqual([
      expect.stringMatching(
        /^Instance a of INSTANCES_FILE cannot be updated; retrying: .*cannot resolve no-such-host\.invalid/,
      ),
      'INSTANCES_FILE is invalid; the previous list stays in effect: the file is not valid JSON',
    ]);
  });
});
