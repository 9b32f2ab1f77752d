import { readdirSync } from 'node:fs';

const APPS = new URL('../../apps/', import.meta.url);

/** Names of the services of this workspace: the folders of `apps/` that end in "-service", in alphabetical order. */
export const SERVICES = readdirSync(APPS)
  .filter((name) => name.endsWith('-service'))
  .sort();

/** `user-service` as part of names that have no hyphen: `user_service`. */
export const snakeCase = (name) => name.replaceAll('-', '_');

/** The variable of a service's port: `USER_SERVICE_PORT` of `user-service`. */
export const portVariableOf = (name) => `${snakeCase(name).toUpperCase()}_PORT`;

/** The app that `apps/NAME` exports, from the build. */
export async function loadApp(name) {
  const parts = await import(`#apps/${name}`);
  return Object.values(parts).find((part) => typeof part?.readConfig === 'function');
}
