import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const rootAbove = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));

/** The root folder of the workspace, for tests and tools that run its programs. The build in `dist/` has another depth. */
export const ROOT = rootAbove(import.meta.dirname);
