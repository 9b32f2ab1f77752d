/** The commands of this folder, for `npm run gateway -- COMMAND` and for `msa-gateway COMMAND` of the package. */
import { readArguments } from './arguments.mjs';
import { command as check } from './check.mjs';
import { CommandError, EXIT } from './command-error.mjs';
import { command as completion } from './completion.mjs';
import { candidates } from './completion/candidates.mjs';
import { command as drain } from './drain.mjs';
import { command as events } from './events.mjs';
import { command as explain } from './explain.mjs';
import { command as init } from './init.mjs';
import { command as keys } from './keys.mjs';
import { command as plan } from './plan.mjs';
import { command as services } from './services.mjs';
import { command as start } from './start.mjs';
import { command as token } from './token.mjs';
import { command as top } from './top.mjs';
import { overviewOf, synopsisOf, usageOf } from './usage.mjs';

const COMMANDS = {
  init,
  start,
  check,
  plan,
  explain,
  services,
  events,
  drain,
  top,
  keys,
  token,
  completion,
};

/**
 * Runs the command that `args` names.
 * @param program how users call it, for usages
 * @param note a last line of usages
 * @param prepare awaited before a command runs
 * @returns the exit code; a gateway that was started goes on
 */
export async function runCommand([name, ...args], { program, note, prepare = () => undefined }) {
  const withNote = (text) => [text, ...(note ? [note] : [])].join('\n\n');
  const overview = withNote(overviewOf(program, COMMANDS));
  if (name === '--help' || name === '-h') return print(overview);
  if (name === '--version') {
    await prepare();
    const { GATEWAY_VERSION } = await import('../../dist/apps/gateway/src/config/gateway.version.js');
    return print(GATEWAY_VERSION);
  }
  // For the scripts of `completion`, which pass on the words of a command line.
  if (name === '__complete') return print((await candidates(COMMANDS, args)).join('\n'));
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (!command)
    return refuse(EXIT.usage, name === undefined ? overview : `unknown command: ${name}\n\n${overview}`);
  try {
    const options = readArguments(args, command);
    if (options.help) return print(withNote(usageOf(program, name, command)));
    await prepare();
    return await command.run(options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const usage = error.isUsage ? `\n\n${synopsisOf(program, name, command)}` : '';
    return refuse(error.exitCode, error.message + usage);
  }
}

function print(text) {
  console.log(text);
  return EXIT.ok;
}

function refuse(code, text) {
  console.error(text);
  return code;
}
