import { loadApp, portVariableOf, SERVICES as NAMES } from '../lib/services.mjs';

const apps = await Promise.all(NAMES.map(loadApp));

/** The services by default port: their apps, and the variables and defaults of their ports. */
export const SERVICES = apps
  .map((app) => ({ app, portVariable: portVariableOf(app.name), defaultPort: app.readConfig({}).port }))
  .sort((a, b) => a.defaultPort - b.defaultPort);
