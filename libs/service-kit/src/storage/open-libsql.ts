import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import type { StorageConfig } from '../config/service-config.js';
import { StartupError } from '../config/config-error.js';
import { errorProperties } from '../errors/error-properties.js';
import { LibsqlDialect } from './libsql.dialect.js';
import type { StoreWrites } from './store-writes.js';
import { retryWhileBusy } from './retry-while-busy.js';

/**
 * Opens `{dataDir}/{name}.db` and creates it if it does not exist.
 * @throws StartupError that names the path.
 */
export async function openLibsql(
  { dataDir, sync }: StorageConfig,
  name: string,
  writes: StoreWrites,
): Promise<LibsqlDialect> {
  const path = join(dataDir, `${name}.db`);
  try {
    makeDirectory(dataDir);
    return new LibsqlDialect(await retryWhileBusy(() => openFile(path, sync)), writes);
  } catch (error) {
    throw new StartupError(`DATA_DIR: cannot use ${path}: ${explain(error)}`, { cause: error });
  }
}

// Not `recursive`: on Node 20 that never returns where the system reports ENOENT below an existing directory (/proc).
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process that starts at the same time has created it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * WAL with NORMAL keeps every acknowledged commit if the process dies. FULL also keeps them over a power loss, at the
 * cost of one fsync per commit.
 */
function openFile(path: string, sync: StorageConfig['sync']): Libsql.Database {
  const database = new Libsql(path);
  try {
    database.exec('pragma journal_mode = wal');
    database.exec(`pragma synchronous = ${sync}`);
    database.exec('pragma foreign_keys = on');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is a file, not a directory',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'the directory cannot be created',
  ENOSPC: 'the disk is full',
  SQLITE_NOTADB: 'the file is not a database',
  SQLITE_CORRUPT: 'the file is damaged',
  SQLITE_READONLY: 'the file is read-only',
  SQLITE_FULL: 'the disk is full',
};

function explain(error: unknown): string {
  const { code, message = 'unknown reason' } = errorProperties(error);
  return (
    EXPLANATIONS[code ?? ''] ??
    (message.includes('Unable to open') ? 'the file cannot be opened or created' : message)
  );
}
