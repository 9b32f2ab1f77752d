import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian installs servers in folders that are only on root's PATH.
const SERVERS = ['/usr/local/sbin', '/usr/sbin'];

/** The path of a program; `undefined` when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SERVERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
