import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { newId } from '#service-kit';
import { tempDir, waitFor, withRedis } from '#testing';
import { TcpRelay } from '../discovery/testing/tcp-relay.js';
import { LivePolicyFile } from './live-policy-file.js';
import { PolicyArchive } from './policy-archive.js';
import { PolicyHistory } from './policy-history.js';

const withTimeout = (seconds: number, rest = ''): string =>
  `version: 1\nservices: { users: { timeouts: { idle: ${seconds}s } } }\n${rest}`;

withRedis('PolicyArchive', (server) => {
  const folder = tempDir('policy-archive-');
  const path = join(folder.path, 'gateway.yaml');
  const closing: (() => unknown)[] = [];
  let prefix: string;
  let redis: Redis;
  beforeEach(() => {
    prefix = `test-${newId()}`;
    redis = new Redis(server().url);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    redis.disconnect();
  });
  afterAll(() => folder.remove());

  const stored = async (): Promise<readonly (string | undefined)[]> =>
    (await redis.xrange(`{${prefix}}:policies`, '-', '+')).map(([, members]) => members[3]);

  /** A gateway with a policy file, and its Redis. */
  const start = (text: string, url = server().url) => {
    writeFileSync(path, text);
    const live = LivePolicyFile.load(path);
    const history = new PolicyHistory(live);
    const archive = new PolicyArchive({ url, prefix }, history);
    archive.onModuleInit();
    closing.push(() => archive.onModuleDestroy());
    const load = async (next: string): Promise<string> => {
      const before = Date.now();
      await waitFor('the next millisecond', () => Date.now() > before);
      writeFileSync(path, next);
      await live.reload();
      return live.current.revision;
    };
    return { live, history, load };
  };
  const untilStored = (...revisions: readonly string[]): Promise<boolean> =>
    waitFor('the files in Redis', async () => String(await stored()) === revisions.join());

  it('gives a gateway that starts the files of the time before', async () => {
    writeFileSync(join(folder.path, 'closed.txt'), 'closed');
    const route = '{ name: r, match: { service: a }, respond: { status: 503, file: closed.txt } }';
    const one = start(withTimeout(1, `routes: [${route}]\n`));
    const first = one.live.current.revision;
    await untilStored(first);
    const second = await one.load(withTimeout(2));
    await untilStored(first, second);
    writeFileSync(join(folder.path, 'closed.txt'), 'open');
    const { live, history } = start(withTimeout(3));
    const third = live.current.revision;
    await waitFor('the earlier files', () => history.revisions.length === 3);
    expect(history.revisions.map(({ revision }) => revision)).toEqual([first, second, third]);
    expect(history.fileOf(history.at(one.history.revisions[0]!.at)!).revision).toBe(first);
    await untilStored(first, second, third);
  });

  it('stores a file once that several gateways load', async () => {
    const gateways = [start(withTimeout(1))];
    await untilStored(gateways[0]!.live.current.revision);
    gateways.push(start(withTimeout(1)));
    const first = gateways[0]!.live.current.revision;
    await waitFor('the earlier file', () => gateways[1]!.history.revisions.length === 2);
    const second = await gateways[1]!.load(withTimeout(2));
    await untilStored(first, second);
    await gateways[0]!.load(withTimeout(2));
    const third = await gateways[0]!.load(withTimeout(3));
    await untilStored(first, second, third);
  });

  it('stores the files of an outage when Redis is back', async () => {
    const relay = await TcpRelay.to(server().port);
    closing.push(() => relay.close());
    relay.disconnect();
    const { live, load } = start(withTimeout(1), relay.url);
    const first = live.current.revision;
    const second = await load(withTimeout(2));
    // The attempts so far have failed by then.
    await sleep(100);
    expect(await stored()).toEqual([]);
    relay.reconnect();
    await untilStored(first, second);
  });

  it('keeps the latest files, and not the text of a long one', async () => {
    const one = start(withTimeout(1));
    const all = [one.live.current.revision];
    for (let i = 2; i < 25; i += 1) {
      all.push(await one.load(withTimeout(i)));
      await untilStored(...all.slice(-20));
    }
    const long = await one.load(withTimeout(90, `# ${'"'.repeat(600_000)}\n`));
    await waitFor('the long file', async () => (await stored()).at(-1) === long);
    const after = await one.load(withTimeout(91));
    await waitFor('the file after it', async () => (await stored()).at(-1) === after);
    const { history } = start(withTimeout(92));
    // What was in effect before the long file ended is not known.
    await waitFor('the earlier files', () => history.revisions.length === 2);
    expect(history.revisions[0]!.revision).toBe(after);
  });
});
