import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import Libsql from 'libsql';

/** Folder of the embedded stores; the variable is the one that apps read. */
export const DATA_DIR = process.env.DATA_DIR || '.data';

/** Names of the stores in a folder. @throws if there is none. */
export function storesIn(folder) {
  const stores = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : [];
  if (stores.length === 0) throw new Error(`there is no store in ${folder}`);
  return stores.sort();
}

/** Runs `use` on a store and closes it. */
function withStore(path, options, use) {
  const store = new Libsql(path, options);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

/** Makes a consistent copy of a store: SQLite copies whole commits only, also during writes. */
export function copyStore(from, to) {
  if (existsSync(to)) throw new Error(`${to} already exists`);
  withStore(from, { readonly: true }, (store) => store.exec(`vacuum into '${to.replaceAll("'", "''")}'`));
}

/** @throws if a file is damaged or is not a store */
export function checkWhole(path) {
  let result;
  try {
    result = withStore(path, { readonly: true }, (store) => store.prepare('pragma integrity_check').get());
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
  if (result.integrity_check !== 'ok') throw new Error(`${path} is damaged: ${result.integrity_check}`);
}

/** @throws if a process has the store open */
export function checkNotInUse(path) {
  if (!existsSync(path)) return;
  try {
    // Leaving WAL mode needs exclusive access to the file.
    withStore(path, {}, (store) => store.exec('pragma journal_mode = delete'));
  } catch (error) {
    // A damaged store may be replaced: that is the purpose of a backup.
    if (error.code === 'SQLITE_BUSY') throw new Error(`${path} is in use: stop the system first`);
  }
}

/** Replaces a store by a copy of another one. Removes the log of the old store, which SQLite would apply to the new one. */
export function replaceStore(from, to) {
  const fresh = `${to}.restoring`;
  copyFileSync(from, fresh);
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(to + suffix, { force: true });
  renameSync(fresh, to);
}
