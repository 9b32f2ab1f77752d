import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace. Scripts run in it, independent of the folder in which they were started. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.chdir(ROOT);
