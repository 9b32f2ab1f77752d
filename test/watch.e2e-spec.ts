import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchedProcess, plainEnvironment, ROOT, tempDir, waitFor } from '#testing';

const COPIED = ['apps', 'libs', '.swcrc', 'nest-cli.json', 'package.json', 'tsconfig.json'];
/** The sequence with which the TypeScript compiler clears the terminal. */
const CLEAR_SCREEN = '\x1b[2J';

describe('nest start APP --watch --no-shell', () => {
  // A separate workspace: the compiler writes into dist/, and the test into a source file.
  const workspace = tempDir('watch-');
  const inWorkspace = (path: string): string => join(workspace.path, path);
  for (const path of COPIED) cpSync(join(ROOT, path), inWorkspace(path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), inWorkspace('node_modules'));
  afterAll(() => workspace.remove());

  it('runs saved code without a shutdown delay and keeps earlier output on the screen', async () => {
    const env = plainEnvironment({ GATEWAY_PORT: '0' });
    // The test relies on the default.
    delete env.SHUTDOWN_DELAY_SECONDS;
    const nest = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
    const launched = new LaunchedProcess(
      process.execPath,
      [nest, 'start', 'gateway', '--watch', '--no-shell'],
      env,
      workspace.path,
    );
    const [, url] = await launched.waitForOutput(/"url":"([^"]+)","msg":"gateway listens on /);
    expect(await versionAt(url!)).not.toBe('saved');

    const source = inWorkspace('apps/gateway/src/config/gateway.version.ts');
    writeFileSync(source, readFileSync(source, 'utf8').replace(/'.+'/, `'saved'`));

    await waitFor(
      'the saved code to run',
      async () => {
        const urls = [...launched.stdout.matchAll(/"url":"([^"]+)","msg":"gateway listens on /g)];
        expect(await versionAt(urls.at(-1)![1]!)).toBe('saved');
      },
      30_000,
    );
    expect(launched.stdout).toContain('"signal":"SIGTERM","delayMs":0');
    expect(launched.stdout).not.toContain(CLEAR_SCREEN);
  });
});

async function versionAt(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return ((await response.json()) as { version: string }).version;
}
