/**
 * `npm run stack -- COMMAND [service…] [--prod | --watch] [--no-build]`: runs the system in containers with Docker Compose, on Linux,
 * macOS and Windows.
 */
import './lib/node-version.mjs';
import './lib/root.mjs';
import { COMMANDS } from './stack/commands.mjs';
import { Compose } from './stack/compose.mjs';
import { readCommandLine, USAGE } from './stack/command-line.mjs';
import { StackError } from './stack/stack-error.mjs';

const line = readCommandLine(process.argv.slice(2), Object.keys(COMMANDS));
if (line === undefined) {
  console.error(USAGE);
  process.exit(2);
}

try {
  process.exitCode = await COMMANDS[line.command](new Compose(line.kind), line.services, line.options);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
