/** `npm run fuzz [-- --minutes 10 --seed 42]`: compares the wire plane's parser with node:http's for the given time. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import './lib/node-version.mjs';
import { ROOT } from './lib/root.mjs';
import { VM_MODULES } from './test/vm-modules.mjs';

const PROPERTIES = 3;
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Date.now() % 2 ** 31);
const milliseconds = (Number(values.minutes) * 60_000) / PROPERTIES;
console.log(`seed ${seed}, ${values.minutes} minutes`);

const { status } = spawnSync(
  process.execPath,
  [
    ...VM_MODULES,
    'node_modules/jest/bin/jest.js',
    'differential.fuzz',
    '--selectProjects',
    'unit',
    '--runInBand',
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: seed, FUZZ_MS: String(milliseconds) },
  },
);
process.exitCode = status ?? 1;
