/** The option `--stages` of the commands that read a policy file. */
import { CommandError, EXIT } from './command-error.mjs';

export const STAGES = {
  stages: {
    type: 'string',
    value: 'MODULE',
    help: 'the path of a module whose default export is the list of stages that the gateway adds; its code runs',
  },
};

/**
 * Checks of the settings of these stages, by their names.
 * @param path the value of `--stages`; without it, settings of stages are not checked
 * @throws CommandError if the module cannot be used
 */
export async function validatorsFrom(path) {
  if (path === undefined) return undefined;
  const { loadStages } = await import('../../dist/apps/gateway/src/proxy/extension/load-stages.js');
  const { validatorsOf } = await import('../../dist/apps/gateway/src/policy/stage-settings.js');
  try {
    return validatorsOf(await loadStages(path));
  } catch (error) {
    if (error.name !== 'ConfigError') throw error;
    throw new CommandError(EXIT.usage, error.problems.join('\n'));
  }
}
