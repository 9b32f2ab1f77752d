import { readdirSync } from 'node:fs';
import luaparse from 'luaparse';
import { scriptSources } from './event-scripts.js';

/** What Redis and Lua provide. */
const PROVIDED = ['KEYS', 'ARGV', 'redis', 'math', 'string', 'ipairs', 'tonumber', 'unpack'];

const globalsOf = (source: string): string[] => {
  const tree = luaparse.parse(source, { luaVersion: '5.1', scope: true });
  return (tree as unknown as { readonly globals: readonly { readonly name: string }[] }).globals.map(
    ({ name }) => name,
  );
};

describe('The Lua scripts of events', () => {
  it('are the files of the folder, beside the prelude', () => {
    expect(scriptSources().size + 1).toBe(readdirSync(new URL('lua', import.meta.url)).length);
  });

  it.each([...scriptSources()])(
    '%s uses no global variable that Redis does not provide',
    (_command, source) => {
      expect(globalsOf(source).filter((global) => !PROVIDED.includes(global))).toEqual([]);
    },
  );
});
