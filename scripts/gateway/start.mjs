/** `start`: runs the gateway in this process. */
import { followParent } from '../lib/follow-parent.mjs';
import { STAGES } from './stages.mjs';

export const command = {
  summary: 'runs the gateway with the settings of the environment, until SIGTERM or SIGINT',
  options: {
    config: { type: 'string', value: 'FILE', help: 'the policy file; instead of GATEWAY_CONFIG' },
    port: {
      type: 'string',
      value: 'PORT',
      help: 'the port; instead of GATEWAY_PORT, by default 8000; 0: a free one',
    },
    ...STAGES,
    json: { type: 'boolean', help: 'logs JSON lines; instead of LOG_FORMAT' },
  },
  exitCodes: { 0: 'the gateway was stopped', 1: 'it cannot start' },
  run,
};

/** @returns the exit code of the process, unless the gateway ends it earlier */
async function run({ config, port, stages, json }) {
  Object.assign(
    process.env,
    config !== undefined && { GATEWAY_CONFIG: config },
    port !== undefined && { GATEWAY_PORT: port },
    json && { LOG_FORMAT: 'json' },
  );
  const { startGateway } = await import('../../dist/apps/gateway/src/start-gateway.js');
  await startGateway(stages);
  followParent();
  return 0;
}
