import { loadApp } from '../lib/services.mjs';

/**
 * Every error in the environment of these apps, in one line; `undefined` if there is none. Called only after an app has failed to start,
 * because loading all apps takes longer than a start may take.
 */
export async function badConfiguration(names, env) {
  const { checkConfig, ConfigError } = await import('#service-kit');
  const apps = await Promise.all(names.map(loadApp));
  try {
    checkConfig(apps, env);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
