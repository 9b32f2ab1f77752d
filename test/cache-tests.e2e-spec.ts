import { launchNode } from '#testing';

describe('npm run cache-tests', () => {
  it('passes as many tests of the suite for HTTP caches as before', async () => {
    const run = launchNode('scripts/cache-tests.mjs');
    const { code } = await run.exited;
    // Below a threshold it names the tests that failed.
    expect(code === 0 ? '' : run.stdout + run.stderr).toBe('');
    expect(run.stdout).toMatch(/^required: 1\d\d of 165$/m);
  });

  it('fails if responses do not come from the cache', async () => {
    const run = launchNode('scripts/cache-tests.mjs', ['--id', 'other-set-cookie']);
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stdout).toContain('Response 2 does not come from cache');
  });
});
