/**
 * `npm run restore -- FOLDER`: replaces the stores in DATA_DIR by those of a backup. Nothing is changed unless every
 * store of the backup is intact and no process uses the stores that it replaces.
 */
import './lib/node-version.mjs';
import './lib/root.mjs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNotInUse, checkWhole, DATA_DIR, replaceStore, storesIn } from './backup/stores.mjs';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error('usage: npm run restore -- FOLDER     (stop the system first)');
  process.exit(2);
}

try {
  const stores = storesIn(folder);
  for (const store of stores) checkWhole(join(folder, store));
  for (const store of stores) checkNotInUse(join(DATA_DIR, store));
  mkdirSync(DATA_DIR, { recursive: true });
  for (const store of stores) {
    replaceStore(join(folder, store), join(DATA_DIR, store));
    console.log(`${join(folder, store)} -> ${join(DATA_DIR, store)}`);
  }
} catch (error) {
  console.error(`restore failed: ${error.message}`);
  process.exitCode = 1;
}
