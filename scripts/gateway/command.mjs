/** The commands of this folder, for `npm run gateway -- COMMAND` and for `msa-gateway COMMAND` of the package. */
import * as check from './check.mjs';
import * as explain from './explain.mjs';
import * as init from './init.mjs';
import * as keys from './keys.mjs';
import * as plan from './plan.mjs';
import * as start from './start.mjs';
import * as token from './token.mjs';

const COMMANDS = { init, start, check, plan, explain, keys, token };

/**
 * Runs the command that `args` names.
 * @param program how users call it, for usages
 * @param note a last line of usages
 * @param prepare awaited before a command runs
 * @returns the exit code; a gateway that was started goes on
 */
export async function runCommand([name, ...args], { program, note, prepare = () => undefined }) {
  const usageOf = ({ usage }) => [`usage: ${program} ${usage}`, ...(note ? [note] : [])].join('\n\n');
  const usages = Object.values(COMMANDS).map(({ usage }) => `usage: ${program} ${usage}`);
  const allUsages = [...usages, `${program} --help, --version`, ...(note ? [note] : [])].join('\n\n');
  if (name === '--help' || name === '-h') return print(allUsages);
  if (name === '--version') {
    await prepare();
    const { GATEWAY_VERSION } = await import('../../dist/apps/gateway/src/config/gateway.version.js');
    return print(GATEWAY_VERSION);
  }
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  const options = command?.read(args);
  if (!options) return refuse(command ? usageOf(command) : allUsages);
  if (options.help) return print(usageOf(command));
  await prepare();
  return command.run(options);
}

function print(text) {
  console.log(text);
  return 0;
}

function refuse(text) {
  console.error(text);
  return 2;
}
