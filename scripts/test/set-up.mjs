import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, isBuilt } from '../lib/build.mjs';

/**
 * Global set-up of each project. Names a folder for the servers that all suites of the run share, and builds the apps that the
 * e2e suites run.
 */
export default function setUp(_run, { displayName }) {
  if (process.env.TEST_SERVERS_DIR === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'msa-gateway-servers-'));
    // PostgreSQL runs as a user of its own if the suites run as root.
    chmodSync(folder, 0o755);
    process.env.TEST_SERVERS_DIR = folder;
  }
  if (displayName.name === 'e2e' && !isBuilt()) build();
}
