import { readdirSync } from 'node:fs';
import luaparse from 'luaparse';
import { SCRIPTS, scriptSource, type ScriptName } from './script-source.js';

const NAMES = Object.keys(SCRIPTS) as ScriptName[];
/** What Redis and Lua provide. */
const PROVIDED = ['KEYS', 'ARGV', 'redis', 'cjson', 'math', 'string', 'ipairs', 'tonumber', 'unpack'];

interface Globals {
  readonly globals: readonly { readonly name: string }[];
}

const parsed = (source: string) =>
  luaparse.parse(source, { luaVersion: '5.1', scope: true }) as unknown as Globals;

/** The members of a table that the source reads: `x` of `args.x`. */
const membersOf = (table: string, source: string): string[] => {
  const found = source.replace(/--.*/g, '').matchAll(new RegExp(`\\b${table}\\.([a-zA-Z_]+)`, 'g'));
  return [...new Set([...found].map(([, name]) => name ?? ''))].sort();
};

const declared = (table: string, source: string): string[] => {
  const [, members = ''] = new RegExp(`local ${table} = \\{ (.*) \\}`).exec(source) ?? [];
  return members.split(', ').map((member) => member.slice(0, member.indexOf(' ')));
};

describe('The Lua scripts of the registry', () => {
  it('are the files of the folder, beside the prelude', () => {
    const files = readdirSync(new URL('lua', import.meta.url));
    expect(files.sort()).toEqual([...NAMES, 'prelude'].map((name) => `${name}.lua`).sort());
  });

  it.each(NAMES)('%s parses, and uses no global variable that Redis does not provide', (name) => {
    const globals = parsed(scriptSource(name)).globals.map((each) => each.name);
    expect(globals.filter((global) => !PROVIDED.includes(global))).toEqual([]);
  });

  it.each(NAMES)('%s reads the arguments that the gateway passes, and no others', (name) => {
    expect(membersOf('args', scriptSource(name))).toEqual([...SCRIPTS[name]].sort());
  });

  it.each(NAMES)('%s refers to keys and constants that exist', (name) => {
    const source = scriptSource(name);
    for (const table of ['keys', 'constants'])
      expect(declared(table, source)).toEqual(expect.arrayContaining(membersOf(table, source)));
  });
});
