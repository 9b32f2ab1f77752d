import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainEnvironment, ROOT } from '#testing';
import { outlineOf, readText } from './support/documentation.js';

const [ENGLISH, KOREAN] = ['docs/reference', 'docs/ko/reference'];

describe('the reference pages', () => {
  it('have the tables that the code generates', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {
      cwd: ROOT,
      env: plainEnvironment(),
      encoding: 'utf8',
    });
    expect({ output: stdout + stderr, status }).toEqual({ output: '', status: 0 });
  });

  const pages = readdirSync(join(ROOT, ENGLISH)).filter((name) => name.endsWith('.md'));

  it.each(pages)('have the same outline in English and Korean: %s', (name) => {
    expect(outlineOf(readText(`${KOREAN}/${name}`))).toEqual(outlineOf(readText(`${ENGLISH}/${name}`)));
  });
});
