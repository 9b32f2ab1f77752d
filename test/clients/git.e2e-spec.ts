import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onPrograms, tempDir } from '#testing';
import { gitBackend, type GitRequest } from './support/git-backend.js';
import { onClientPlanes } from './support/on-clients.js';

const run = promisify(execFile);
/** Ignores the developer's settings and disables terminal prompts. */
const GIT_ENV = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
const AUTHOR = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];

/** A `git fast-import` stream that creates a branch with one commit. */
const branchOf = (name: string): string =>
  `commit refs/heads/${name}\ncommitter Ann <ann@example.com> 0 +0000\ndata ${name.length}\n${name}\n`;

onPrograms(['git'], 'git over smart HTTP', () => {
  const directory = tempDir();
  const seen: GitRequest[] = [];
  const file = (name: string): string => join(directory.path, name);
  /** More than the megabyte up to which git sends one piece. */
  const large = randomBytes(3 * 1024 * 1024);

  const git = async (args: string[], input?: string): Promise<string> => {
    const env = { ...GIT_ENV, HOME: directory.path };
    const running = run('git', [...AUTHOR, ...args], { cwd: directory.path, env });
    // Most commands read no input and may exit before `end` is written.
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout.trim();
  };
  afterAll(() => directory.remove());

  onClientPlanes('git', gitBackend(directory.path, seen), (harness) => {
    let repository = '';
    let work = '';
    beforeAll(async () => {
      const name = new URL(harness().gatewayUrl).port;
      repository = `${harness().url}/${name}.git`;
      work = file(`${name}-work`);
      await git(['init', '-q', '--bare', file(`${name}.git`)]);
      await git(['init', '-q', '-b', 'main', work]);
      writeFileSync(join(work, 'large'), large);
      await git(['-C', work, 'add', '.']);
      await git(['-C', work, 'commit', '-qm', 'one']);
    });
    beforeEach(() => seen.splice(0));

    it('pushes a pack that is too large for one piece', async () => {
      await git(['-C', work, 'push', '-q', repository, 'main']);
      expect(seen.map(({ headers }) => headers['transfer-encoding'])).toContain('chunked');
      expect(await git(['ls-remote', repository, 'main'])).toContain(
        await git(['-C', work, 'rev-parse', 'main']),
      );
    });

    it('clones the repository byte for byte', async () => {
      await git(['clone', '-q', '-b', 'main', repository, `${work}-clone`]);
      expect(Buffer.compare(await readFile(join(`${work}-clone`, 'large')), large)).toBe(0);
      await git(['-C', `${work}-clone`, 'fsck', '--strict']);
    });

    it('fetches with a compressed request', async () => {
      const branches = Array.from({ length: 40 }, (_, i) => `branch-${i}`);
      await git(['-C', work, 'fast-import', '--quiet'], branches.map(branchOf).join(''));
      await git(['-C', work, 'push', '-q', '--all', repository]);
      await git(['-C', `${work}-clone`, 'fetch', '-q', '--all']);
      expect(seen.map(({ headers }) => headers['content-encoding'])).toContain('gzip');
      const { length } = (
        await git(['-C', `${work}-clone`, 'branch', '--remotes', '--list', '*/branch-*'])
      ).split('\n');
      expect(length).toBe(branches.length);
    });

    it('reports a missing repository', async () => {
      await expect(git(['ls-remote', `${harness().url}/none.git`])).rejects.toThrow('not found');
    });
  });
});
