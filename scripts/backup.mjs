/**
 * `npm run backup -- FOLDER`: copies every embedded store in DATA_DIR. Each copy is consistent, also while the system runs. Files in
 * FOLDER are never overwritten.
 */
import './lib/node-version.mjs';
import './lib/root.mjs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyStore, DATA_DIR, storesIn } from './backup/stores.mjs';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error('usage: npm run backup -- FOLDER');
  process.exit(2);
}

try {
  const stores = storesIn(DATA_DIR);
  mkdirSync(folder, { recursive: true });
  for (const store of stores) {
    copyStore(join(DATA_DIR, store), join(folder, store));
    console.log(`${join(DATA_DIR, store)} -> ${join(folder, store)}`);
  }
} catch (error) {
  console.error(`backup failed: ${error.message}`);
  process.exitCode = 1;
}
