import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchNode, ROOT, tempDir, type Environment, type LaunchedProcess } from '#testing';
import type { RolloutFleet } from '../../../scripts/stack/upgrade/roll-out.mjs';

const MAIN = 'dist/apps/user-service/src/main.js';
const APP = 'dist/apps/user-service/src/user-service.app.js';

/** A build of the workspace whose user service has another version. */
export function buildOfVersion(version: string): { readonly path: string; remove(): void } {
  const folder = tempDir('build-');
  cpSync(join(ROOT, 'dist'), join(folder.path, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const app = join(folder.path, APP);
  writeFileSync(app, readFileSync(app, 'utf8').replace("version: '1.0.0'", `version: '${version}'`));
  return folder;
}

/** User services as processes, like the containers of an orchestrator. */
export class ProcessFleet implements RolloutFleet {
  private before: readonly LaunchedProcess[] = [];
  private started: LaunchedProcess[] = [];

  constructor(
    private readonly env: Environment,
    /** The build that `start` runs. */
    private readonly upgrade: { readonly path: string },
  ) {}

  async startBefore(count: number): Promise<void> {
    this.before = await this.launch(ROOT, count);
  }

  async start(): Promise<void> {
    this.started = await this.launch(this.upgrade.path, this.before.length);
  }

  discard(): Promise<void> {
    return end(this.started);
  }

  retire(): Promise<void> {
    return end(this.before);
  }

  async stop(): Promise<void> {
    await end([...this.before, ...this.started]);
  }

  private async launch(path: string, count: number): Promise<LaunchedProcess[]> {
    const env = { USER_SERVICE_PORT: '0', ...this.env };
    const processes = Array.from({ length: count }, () => launchNode(join(path, MAIN), [], env));
    for (const process of processes)
      await process.waitForOutput(/"msg":"Instance registered with the registry"/);
    return processes;
  }
}

async function end(processes: readonly LaunchedProcess[]): Promise<void> {
  for (const process of processes) await process.stop();
}
