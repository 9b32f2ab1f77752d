import { readFileSync } from 'node:fs';

/** The environment of an app: `process.env`, or a record in tests. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The values of some variables in the environment. */
export interface Variables {
  /** The variables that are set. */
  readonly values: Env;
  /** Errors in how variables are set, one sentence each that starts with a name. */
  readonly problems: readonly string[];
}

const SUFFIX = '_FILE';

/**
 * Reads `names`, each from its variable or from the file named by `{name}_FILE`. Containers receive secrets as files,
 * which neither `docker inspect` nor a child process shows. An empty variable counts as unset, because compose files
 * write unset variables as empty.
 */
export function readVariables(env: Env, names: readonly string[]): Variables {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const path = env[name + SUFFIX];
    const value = path ? contentOf(path) : env[name];
    if (path && env[name]) problems.push(`${name + SUFFIX} must not be set together with ${name}`);
    else if (path && !value)
      problems.push(`${name + SUFFIX} must name a readable file that contains a value`);
    else if (value) values[name] = value;
  }
  return { values, problems };
}

/** The content without the trailing line end that editors add. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
