import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAll } from './child.mjs';

/** Runs `work` with a directory for logs and configurations; afterwards removes it and ends every process of the run. */
export async function withWorkspace(work) {
  const directory = mkdtempSync(join(tmpdir(), 'msa-gateway-bench-'));
  const cleanUp = async () => {
    await stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void cleanUp().then(() => process.exit(130)));
  try {
    return await work(directory);
  } finally {
    await cleanUp();
  }
}
