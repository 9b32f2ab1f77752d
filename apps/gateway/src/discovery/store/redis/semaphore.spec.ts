import { setImmediate as turn } from 'node:timers/promises';
import { Semaphore } from './semaphore.js';

describe('Semaphore', () => {
  /** Work that ends on demand. */
  function controlled(permits: number) {
    const semaphore = new Semaphore(permits);
    const started: string[] = [];
    const ends = new Map<string, { resolve: (name: string) => void; reject: (error: Error) => void }>();
    const start = (name: string) =>
      semaphore.run(() => {
        started.push(name);
        return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
      });
    return {
      started,
      start,
      end: (name: string) => ends.get(name)!.resolve(name),
      fail: (name: string) => ends.get(name)!.reject(new Error(name)),
    };
  }

  it('starts a limited number at once, and the rest in order', async () => {
    const { started, start, end } = controlled(2);
    const all = ['a', 'b', 'c', 'd'].map(start);
    await turn();
    expect(started).toEqual(['a', 'b']);
    end('b');
    await turn();
    expect(started).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await turn();
    end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('frees a slot after a failure, and accepts work after all is done', async () => {
    const { started, start, fail, end } = controlled(1);
    const [first, second] = ['a', 'b'].map(start);
    fail('a');
    await expect(first).rejects.toThrow('a');
    await turn();
    end('b');
    expect(await second).toBe('b');
    const third = start('c');
    await turn();
    expect(started).toEqual(['a', 'b', 'c']);
    end('c');
    await third;
  });
});
