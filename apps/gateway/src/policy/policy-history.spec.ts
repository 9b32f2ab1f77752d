import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { LivePolicyFile } from './live-policy-file.js';
import { PolicyHistory } from './policy-history.js';

const withTimeout = (seconds: number, rest = ''): string =>
  `version: 1\nservices: { users: { timeouts: { idle: ${seconds}s } } }\n${rest}`;

describe('PolicyHistory', () => {
  const folder = tempDir('policy-history-');
  const path = join(folder.path, 'gateway.yaml');
  afterAll(() => folder.remove());

  const open = (limits?: ConstructorParameters<typeof PolicyHistory>[1]) => {
    writeFileSync(path, withTimeout(1));
    const live = LivePolicyFile.load(path);
    const history = new PolicyHistory(live, limits);
    const load = async (text: string): Promise<string> => {
      writeFileSync(path, text);
      await live.reload();
      return live.current.revision;
    };
    return { live, history, load };
  };

  it('has nothing without a policy file', () => {
    const history = new PolicyHistory(undefined);
    expect([history.revisions, history.at(Date.now())]).toEqual([[], undefined]);
  });

  it('records each file that takes effect, and none that does not', async () => {
    const { live, history, load } = open();
    const first = live.current.revision;
    const second = await load(withTimeout(2));
    await load('version: 2');
    await load(withTimeout(2));
    expect(history.revisions.map(({ revision }) => revision)).toEqual([first, second]);
    expect(history.at(live.loadedAt)?.revision).toBe(second);
    expect(history.at(history.revisions[0]!.at - 1)).toBeUndefined();
  });

  it('reads a file of the past again, with the files that it named, although they have changed', async () => {
    const { history, load } = open();
    writeFileSync(join(folder.path, 'closed.txt'), 'closed');
    const route = '{ name: r, match: { service: a }, respond: { status: 503, file: closed.txt } }';
    const revision = await load(withTimeout(2, `routes: [${route}]\n`));
    writeFileSync(join(folder.path, 'closed.txt'), 'open');
    await load(withTimeout(3));
    const past = history.fileOf(history.revisions[1]!);
    expect(past.revision).toBe(revision);
    expect(past.texts.files).toEqual(new Map([['closed.txt', 'closed']]));
    expect(history.fileOf(history.revisions[1]!)).toBe(past);
  });

  it('keeps the latest files within its limits, and always the present one', async () => {
    const few = open({ revisions: 2, length: 1e6 });
    for (const seconds of [2, 3, 4]) await few.load(withTimeout(seconds));
    expect(few.history.revisions).toHaveLength(2);
    const short = open({ revisions: 100, length: 10 });
    const last = await short.load(withTimeout(2));
    expect(short.history.revisions.map(({ revision }) => revision)).toEqual([last]);
  });
});
