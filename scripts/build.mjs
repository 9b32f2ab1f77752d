/** `npm run build`: every app and lib into dist/, laid out as the source tree is. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const swc = [
  'node_modules/@swc/cli/bin/swc.js',
  'apps',
  'libs',
  '-d',
  'dist',
  '--ignore',
  '**/*.spec.ts',
  '--quiet',
];
const { status } = spawnSync(process.execPath, swc, { stdio: 'inherit' });
process.exit(status ?? 1);
