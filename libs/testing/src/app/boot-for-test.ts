import type { AppDefinition, BaseConfig, BootOptions, Env, RunningApp } from '#service-kit';
import { tempDir } from '../temp-dir.js';
import { FREE_PORTS } from '../process/start-system.js';
import { nullRegistry } from './null-registry.js';

/** A running app; `close` also removes its store. */
export type TestApp = Pick<RunningApp, 'name' | 'url' | 'nest' | 'leave' | 'close'>;

/** Boots an app as in production, on a free port with an empty embedded store. `env` and `options` override these settings. */
export async function bootForTest<C extends BaseConfig>(
  definition: AppDefinition<C>,
  env: Env = {},
  options: Omit<BootOptions, 'env'> = {},
): Promise<TestApp> {
  // Most suites need only other helpers of this library, and loading Nest takes almost a second of CPU time.
  const { boot } = await import('#service-kit');
  const directory = tempDir();
  const defaults = { ...FREE_PORTS, DATA_DIR: directory.path, LOG_LEVEL: 'ERROR', GATEWAY_HOST: '127.0.0.1' };
  const app = await boot(definition, { registry: nullRegistry, ...options, env: { ...defaults, ...env } });
  return {
    ...app,
    close: async () => {
      await app.leave();
      await app.close();
      directory.remove();
    },
  };
}
