/**
 * What is wrong with the environment of the four apps, all of it in one line; `undefined`: nothing. Asked when an app has not
 * started, since it names only its own variables: loading all apps to ask takes longer than a start may.
 */
export async function badConfiguration(names, env) {
  const { checkConfig, ConfigError } = await import('#service-kit');
  const apps = await Promise.all(names.map((name) => import(`#apps/${name}`)));
  const isApp = (part) => typeof part?.readConfig === 'function';
  try {
    checkConfig(
      apps.flatMap((app) => Object.values(app).filter(isApp)),
      env,
    );
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
