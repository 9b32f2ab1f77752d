/** `npm run gateway -- COMMAND`: the commands of `scripts/gateway/`, each with its usage, arguments and exit code. */
import './lib/node-version.mjs';
import * as check from './gateway/check.mjs';
import * as explain from './gateway/explain.mjs';
import * as keys from './gateway/keys.mjs';
import * as plan from './gateway/plan.mjs';
import * as token from './gateway/token.mjs';
import { ensureBuilt } from './lib/build.mjs';

const COMMANDS = { check, plan, keys, explain, token };

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
const options = command?.read(args);

if (command && options?.help) console.log(usageOf(command));
else if (command && options) {
  await ensureBuilt();
  process.exitCode = await command.run(options);
} else if (name === '--help' || name === '-h') console.log(allUsages());
else {
  console.error(command ? usageOf(command) : allUsages());
  process.exitCode = 2;
}

function usageOf({ usage }) {
  return `usage: npm run gateway -- ${usage}`;
}

function allUsages() {
  return Object.values(COMMANDS).map(usageOf).join('\n\n');
}
