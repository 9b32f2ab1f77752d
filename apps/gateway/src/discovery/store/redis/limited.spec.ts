import { setImmediate as turn } from 'node:timers/promises';
import { Limited } from './limited.js';

describe('limited work', () => {
  /** Work that ends on demand. */
  function benchOf(most: number) {
    const limited = new Limited(most);
    const begun: string[] = [];
    const ends = new Map<string, { resolve: (name: string) => void; reject: (error: Error) => void }>();
    const ask = (name: string) =>
      limited.run(() => {
        begun.push(name);
        return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
      });
    return {
      begun,
      ask,
      end: (name: string) => ends.get(name)!.resolve(name),
      fail: (name: string) => ends.get(name)!.reject(new Error(name)),
    };
  }

  it('starts a limited number at once, and the rest in order', async () => {
    const { begun, ask, end } = benchOf(2);
    const all = ['a', 'b', 'c', 'd'].map(ask);
    await turn();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await turn();
    end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('frees a slot after a failure, and accepts work after all is done', async () => {
    const { begun, ask, fail, end } = benchOf(1);
    const [first, second] = ['a', 'b'].map(ask);
    fail('a');
    await expect(first).rejects.toThrow('a');
    await turn();
    end('b');
    expect(await second).toBe('b');
    const third = ask('c');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('c');
    await third;
  });
});
