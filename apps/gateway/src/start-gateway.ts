import { announceReady, boot, run } from '#service-kit';
import { gatewayApp } from './gateway.app.js';
import { loadStages } from './proxy/index.js';
import { urlsOf } from './running-gateway.js';

/**
 * Runs the gateway as a process of its own, with the settings of the environment.
 * @param stages path of a module whose default export is the list of stages that the gateway adds
 */
export const startGateway = (stages?: string): Promise<void> =>
  run(
    async (env) => [
      await boot(gatewayApp(undefined, stages === undefined ? [] : await loadStages(stages)), { env }),
    ],
    ([app]) => announceReady(app.logger, { name: app.name, ...urlsOf(app) }),
  );
