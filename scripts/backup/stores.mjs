import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import Libsql from 'libsql';

/** Where the embedded stores are, as apps read it. */
export const DATA_DIR = process.env.DATA_DIR || '.data';

/** Names of the stores in a folder. @throws when there is none. */
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

/** A copy of a store in which no commit is half. SQLite sees to that, whoever writes meanwhile. */
export function copyStore(from, to) {
  if (existsSync(to)) throw new Error(`${to} is there already`);
  withStore(from, { readonly: true }, (store) => store.exec(`vacuum into '${to.replaceAll("'", "''")}'`));
}

/** @throws when a file is damaged or no store at all */
export function checkWhole(path) {
  let answer;
  try {
    answer = withStore(path, { readonly: true }, (store) => store.prepare('pragma integrity_check').get());
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
  if (answer.integrity_check !== 'ok') throw new Error(`${path} is damaged: ${answer.integrity_check}`);
}

/** @throws when a process has the store open */
export function checkNotInUse(path) {
  if (!existsSync(path)) return;
  try {
    // Leaving WAL mode needs the file for oneself.
    withStore(path, {}, (store) => store.exec('pragma journal_mode = delete'));
  } catch (error) {
    // What is damaged is what a backup is for.
    if (error.code === 'SQLITE_BUSY') throw new Error(`${path} is in use: stop the system first`);
  }
}

/** Puts a copy of a store in the place of another one; the log of the other one would be written into it. */
export function replaceStore(from, to) {
  const fresh = `${to}.restoring`;
  copyFileSync(from, fresh);
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(to + suffix, { force: true });
  renameSync(fresh, to);
}
