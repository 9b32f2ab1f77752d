import { setTimeout as sleep } from 'node:timers/promises';
import type { PurgeDto } from '#contracts';
import { ResponsePurges } from './response-purges.js';

describe('Purges of a service', () => {
  const sent: (PurgeDto & { resolve: () => void; reject: (error: Error) => void })[] = [];
  const logged: string[] = [];
  const log = (_details: object, message: string) => logged.push(message);
  const isSettled = async (work: Promise<unknown>) =>
    Promise.race([work.then(() => true), sleep(5).then(() => false)]);
  let purges: ResponsePurges;

  const until = async (condition: () => boolean) => {
    while (!condition()) await sleep(5);
  };

  beforeEach(() => {
    sent.length = 0;
    logged.length = 0;
    purges = new ResponsePurges({
      registry: {
        purgeResponses: ({ tags }) => new Promise((resolve, reject) => sent.push({ tags, resolve, reject })),
      },
      logger: { info: log, warn: log },
      maxWaitMs: 400,
    });
  });
  afterEach(async () => {
    for (const { resolve } of sent) resolve();
    await purges.stop();
  });

  it('wait for the gateways, and share the next call while one is in flight', async () => {
    const first = purges.purge(['a']);
    await until(() => sent.length === 1);
    const others = [purges.purge(['b', 'a']), purges.purge(['c'])];
    expect(await isSettled(first)).toBe(false);
    sent[0]!.resolve();
    await first;
    await until(() => sent.length === 2);
    expect(await isSettled(others[1]!)).toBe(false);
    sent[1]!.resolve();
    await Promise.all(others);
    expect(sent).toMatchObject([{ tags: ['a'] }, { tags: ['b', 'a', 'c'] }]);
  });

  it('are repeated when they fail, while changes do not wait', async () => {
    const first = purges.purge(['a']);
    await until(() => sent.length === 1);
    sent[0]!.reject(new Error('503'));
    await first;
    await purges.purge(['b']);
    expect(sent).toHaveLength(1);
    await until(() => sent.length === 2);
    expect(sent[1]!.tags).toEqual(['a', 'b']);
    sent[1]!.reject(new Error('503'));
    await until(() => sent.length === 3);
    await purges.purge(['during']);
    sent[2]!.resolve();
    await until(() => sent.length === 4);
    expect(sent[3]!.tags).toEqual(['during']);
    sent[3]!.resolve();
    await until(() => logged.length === 2);
    expect(logged).toEqual([
      'Stored responses not purged from all gateways; retrying',
      'Purges of stored responses succeed again',
    ]);
    const next = purges.purge(['c']);
    await until(() => sent.length === 5);
    expect(sent[4]!.tags).toEqual(['c']);
    expect(await isSettled(next)).toBe(false);
  });

  it('let a change wait for a limited time', async () => {
    await purges.purge(['a']);
    expect(sent).toHaveLength(1);
    sent[0]!.resolve();
  });

  it('send a large number of tags in several calls', async () => {
    const tags = Array.from({ length: 150 }, (_, i) => `t${i}`);
    const purged = purges.purge(tags);
    await until(() => sent.length === 1);
    sent[0]!.resolve();
    await until(() => sent.length === 2);
    expect(await isSettled(purged)).toBe(false);
    expect([...sent[0]!.tags!, ...sent[1]!.tags!]).toEqual(tags);
  });

  it('are not repeated after the stop', async () => {
    void purges.purge(['a']);
    await until(() => sent.length === 1);
    sent[0]!.reject(new Error('503'));
    await purges.stop();
    await sleep(150);
    expect(sent).toHaveLength(1);
  });
});
