import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian installs the server's programs in one folder per version, outside PATH.
const DEBIAN = '/usr/lib/postgresql';

function debianFolders(): string[] {
  if (!existsSync(DEBIAN)) return [];
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, 'bin'));
}

/** The folder with PostgreSQL's `initdb` and `postgres`; `undefined` when PostgreSQL is not installed. */
export function findPostgres(): string | undefined {
  const folders = [...debianFolders(), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
}
