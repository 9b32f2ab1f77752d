import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import type { ConfigError } from './config-error.js';
import { integer, readEnv, text, type Env } from './read-env.js';

const read = (env: Env) =>
  readEnv(env, { TOKEN: text({ default: undefined }), SIZE: integer(0, 9)({ default: 1 }) });

const problemsOf = (env: Env): readonly string[] => {
  try {
    read(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('a variable in a file', () => {
  const folder = tempDir('variables-');
  const file = (name: string, content: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, content);
    return path;
  };
  afterAll(() => folder.remove());

  it.each(['s3cret', 's3cret\n', 's3cret\r\n'])('is read without the line end of %j', (content) => {
    expect(read({ TOKEN_FILE: file('token', content) }).TOKEN).toBe('s3cret');
  });

  it('is validated like any other', () => {
    expect(problemsOf({ SIZE_FILE: file('size', '11') })).toEqual([
      'SIZE must be a whole number from 0 to 9',
    ]);
  });

  it('is rejected beside the variable itself, but not beside an empty one', () => {
    const TOKEN_FILE = file('token', 'a');
    expect(problemsOf({ TOKEN_FILE, TOKEN: 'b' })).toEqual([
      'TOKEN_FILE must not be set together with TOKEN',
    ]);
    expect(read({ TOKEN_FILE, TOKEN: '' }).TOKEN).toBe('a');
  });

  it('is reported when it cannot be read or is empty, together with every other invalid variable', () => {
    const unreadable = 'TOKEN_FILE must name a readable file that contains a value';
    expect(problemsOf({ TOKEN_FILE: file('empty', '\n') })).toEqual([unreadable]);
    expect(problemsOf({ TOKEN_FILE: join(folder.path, 'nothing'), SIZE: 'x' })).toEqual([
      unreadable,
      'SIZE must be a whole number from 0 to 9',
    ]);
  });

  it('is ignored when its variable is not read', () => {
    expect(problemsOf({ OTHER_FILE: '/nothing' })).toEqual([]);
  });
});
