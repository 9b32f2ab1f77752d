/** `npm run gateway -- COMMAND`: the commands of `scripts/gateway/`, with the build of this workspace. */
import './lib/node-version.mjs';
import { runCommand } from './gateway/command.mjs';
import { ensureBuilt } from './lib/build.mjs';

process.exitCode = await runCommand(process.argv.slice(2), {
  program: 'npm run gateway --',
  note: 'npm adds lines of its own to the output, which "npm run -s gateway" leaves out.',
  prepare: ensureBuilt,
});
