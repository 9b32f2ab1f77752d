import { ConfigError } from '../config/config-error.js';
import type { Env } from '../config/read-env.js';
import type { AppDefinition } from './app-definition.js';

type Configurable = Pick<AppDefinition, 'readConfig'>;

/**
 * Reads the configuration of several apps before any of them starts.
 * @throws ConfigError that names the invalid variables of all of them, each one once.
 */
export function checkConfig(apps: readonly Configurable[], env: Env): void {
  const problems = new Set(apps.flatMap((app) => problemsOf(app, env)));
  if (problems.size > 0) throw new ConfigError([...problems]);
}

function problemsOf(app: Configurable, env: Env): readonly string[] {
  try {
    app.readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
