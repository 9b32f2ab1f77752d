import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace; scripts work from here, wherever they were called from. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.chdir(ROOT);
