import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the workspace, for tests that run its programs. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
