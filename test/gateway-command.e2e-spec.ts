import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchNode, tempDir } from '#testing';

const folder = tempDir('gateway-command-');
afterAll(() => folder.remove());

function fileOf(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

async function run(...args: readonly string[]) {
  const launched = launchNode('scripts/gateway.mjs', args);
  const { code } = await launched.exited;
  return { code, stdout: launched.stdout, stderr: launched.stderr };
}

describe('npm run gateway -- check', () => {
  const valid = fileOf('valid.yaml', 'version: 1\nservices: { users: { hedge: { after: p95 } } }\n');
  const invalid = fileOf('invalid.yaml', 'version: 1\nservice: {}\ndefaults: { hedge: { after: 5 } }\n');
  const problems = [
    { line: 2, column: 1, message: 'the file has no member "service"; did you mean "services"?' },
    {
      line: 3,
      column: 29,
      message: expect.stringMatching(/^defaults\.hedge\.after must be off, /) as string,
    },
  ];

  it('accepts a valid file', async () => {
    const { code, stdout } = await run('check', valid);
    expect(code).toBe(0);
    expect(stdout).toMatch(/valid\.yaml is valid: revision [0-9a-f]{12}\n$/);
  });

  it('lists every problem of an invalid one, with its place', async () => {
    const { code, stdout, stderr } = await run('check', invalid);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toEqual([
      `${invalid}:2:1 ${problems[0]?.message}`,
      expect.stringContaining(`${invalid}:3:29 defaults.hedge.after must be`),
    ]);
  });

  it('prints JSON with --json', async () => {
    const good = await run('check', valid, '--json');
    expect([good.code, JSON.parse(good.stdout)]).toEqual([
      0,
      { valid: true, revision: expect.stringMatching(/^[0-9a-f]{12}$/) as string, problems: [] },
    ]);
    const bad = await run('check', '--json', invalid);
    expect([bad.code, JSON.parse(bad.stdout)]).toEqual([1, { valid: false, revision: null, problems }]);
  });

  it('reports a file that cannot be read', async () => {
    const { code, stderr } = await run('check', join(folder.path, 'none.yaml'));
    expect([code, stderr]).toEqual([1, expect.stringContaining(':1:1 the file cannot be read (ENOENT)')]);
  });

  it('shows its usage: on demand, and with exit code 2 when the command is wrong', async () => {
    const help = await run('--help');
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('exit code')]);
    for (const args of [
      [],
      ['check'],
      ['check', valid, valid],
      ['check', '--yaml', valid],
      ['destroy', valid],
    ]) {
      const { code, stderr } = await run(...args);
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining('usage: ')]);
    }
  });
});
