/** `start`: runs the gateway in this process. */
import { followParent } from '../lib/follow-parent.mjs';
import { readArguments } from './arguments.mjs';

export const usage = `start [--config FILE] [--port PORT] [--json]

  start          runs the gateway with the settings of the environment, until SIGTERM or SIGINT
  --config FILE  the policy file; instead of GATEWAY_CONFIG
  --port PORT    the port; instead of GATEWAY_PORT, by default 8000; 0: a free one
  --json         logs JSON lines; instead of LOG_FORMAT

exit code: 0 the gateway was stopped, 1 it cannot start, 2 the command is wrong`;

export const read = (args) =>
  readArguments(args, [], { config: { type: 'string' }, port: { type: 'string' } });

/** @returns the exit code of the process, unless the gateway ends it earlier */
export async function run({ config, port, json }) {
  Object.assign(
    process.env,
    config !== undefined && { GATEWAY_CONFIG: config },
    port !== undefined && { GATEWAY_PORT: port },
    json && { LOG_FORMAT: 'json' },
  );
  await import('../../dist/apps/gateway/src/main.js');
  followParent();
  return 0;
}
