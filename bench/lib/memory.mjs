import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { familyOf } from './cpu.mjs';

const KIB = 1024;

/** Memory pages of one process, in bytes, with its share of those that it shares with others; 0 after it has ended. */
function memoryOfOne(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) * KIB;
  } catch {
    return 0;
  }
}

/** Memory of a process and its descendants, in bytes. */
export const memoryOf = (root) => familyOf(root).reduce((sum, pid) => sum + memoryOfOne(pid), 0);

/** Number and size of the files below a folder. */
export function filesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const sizes = files.map(({ parentPath, name }) => sizeOf(join(parentPath, name)));
  return { objects: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** What a file occupies: whole blocks. A file may be gone by now. */
const sizeOf = (path) => (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
