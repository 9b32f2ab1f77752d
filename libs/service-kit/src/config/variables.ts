import { readFileSync } from 'node:fs';

/** What an app reads its configuration from: `process.env`, or a record of a test's own. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What the environment says about some variables. */
export interface Variables {
  /** Those that are set. */
  readonly values: Env;
  /** What is wrong with how they are given, a sentence each that starts with a name. */
  readonly problems: readonly string[];
}

const SUFFIX = '_FILE';

/**
 * Reads `names`, each from its variable or from the file that `{name}_FILE` names: containers are given secrets as files,
 * which neither `docker inspect` nor a child process shows. An empty variable is an unset one, as compose files write it so.
 */
export function readVariables(env: Env, names: readonly string[]): Variables {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const path = env[name + SUFFIX];
    const value = path ? contentOf(path) : env[name];
    if (path && env[name]) problems.push(`${name + SUFFIX} must not be set beside ${name}`);
    else if (path && !value) problems.push(`${name + SUFFIX} must name a file with a value that can be read`);
    else if (value) values[name] = value;
  }
  return { values, problems };
}

/** Without the line end that editors leave behind. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
