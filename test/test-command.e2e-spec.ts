import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchNode, tempDir } from '#testing';

const SPEC = 'apps/gateway/src/config/gateway.version.spec.ts';

describe('jest FILE', () => {
  it('runs a suite without further options', async () => {
    const jest = launchNode('node_modules/jest/bin/jest.js', [SPEC]);
    expect(await jest.exited).toEqual({ code: 0, signal: null });
    expect(jest.stderr).toMatch(/^Tests: +1 passed, 1 total$/m);
  });
});

describe('npm run test:unit -- FILE', () => {
  const folder = tempDir('failing-');
  const failing = join(folder.path, 'failing.mjs');
  writeFileSync(failing, `test('fails', () => { throw new Error('as it should'); });`);
  afterAll(() => folder.remove());

  it('runs a failing suite only once', async () => {
    const run = launchNode('scripts/test.mjs', ['unit', SPEC, `--setupFilesAfterEnv=${failing}`]);
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stdout).toMatch(/^1 passed, 1 failed$/m);
    expect(run.stderr.match(/^FAIL /gm)).toHaveLength(1);
  });
});
