import { FREE_PORTS, launchNode, READY, SERVICES, tempDir, waitFor, type LaunchedProcess } from '#testing';

const APPS = ['gateway', ...SERVICES];

/** `npm run start:split` without npm, once it is ready. */
interface Split {
  readonly script: LaunchedProcess;
  readonly gateway: string;
  readonly urls: readonly string[];
  readonly pids: readonly number[];
}

async function startSplit(dataDir: string): Promise<Split> {
  const script = launchNode('scripts/start-split.mjs', [], { ...FREE_PORTS, DATA_DIR: dataDir });
  const [, gateway] = await script.waitForOutput(READY);
  return {
    script,
    gateway: gateway!,
    urls: [...script.stdout.matchAll(/"url":"([^"]+)","msg":"\S+ listens on/g)].map(([, url]) => url!),
    pids: [...script.stdout.matchAll(/ is process (\d+)"/g)].map(([, pid]) => Number(pid)),
  };
}

/** Closes the read end of its output, and makes the gateway write a line. */
async function closeOutput({ script, gateway }: Split): Promise<void> {
  script.closeOutput();
  await fetch(`${gateway}/discovery/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'noise', url: 'http://127.0.0.1:9' }),
  });
}

const refusesConnections = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    () => true,
  );

describe('the apps of npm run start:split', () => {
  const data = tempDir();
  let split: Split;
  beforeEach(async () => {
    split = await startSplit(data.path);
  });
  // Kills processes that a failed test left running.
  afterEach(() => {
    for (const pid of [split.script.pid, ...split.pids]) killIfRunning(pid);
  });
  afterAll(() => data.remove());

  it.each<[string, (split: Split) => unknown]>([
    ['its terminal closes (SIGHUP)', ({ script }) => script.signal('SIGHUP')],
    ['it is killed (SIGKILL)', ({ script }) => script.signal('SIGKILL')],
    ['its output is closed (EPIPE)', closeOutput],
  ])('end when %s', async (_how, end) => {
    expect(split.urls).toHaveLength(APPS.length);
    await end(split);
    await waitFor('the script to end', () => split.script.hasEnded);
    await waitFor('every port to be closed', async () =>
      (await Promise.all(split.urls.map(refusesConnections))).every((refuses) => refuses),
    );
  });
});

describe('an app that is just starting', () => {
  /** Spawns an app as the script does, prints its process id, and is killed `ms` later. */
  const parent = (ms: number): string => `
    const app = require('node:child_process').spawn(
      process.execPath,
      ['--import', './scripts/split/end-with-parent.mjs', '-e', 'setInterval(() => {}, 1000)'],
      { stdio: ['ignore', 'inherit', 'ignore', 'ipc'], detached: true },
    );
    require('node:fs').writeSync(1, String(app.pid));
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms});`;

  it.each([0, 10, 20, 30, 40, 60])('ends when the script is killed %i ms after the spawn', async (ms) => {
    const script = launchNode('-e', [parent(ms)]);
    // The app has the same output, which is closed when both have ended.
    let hasEnded = false as boolean;
    void script.exited.then(() => (hasEnded = true));
    try {
      await waitFor('the app to end', () => hasEnded);
    } finally {
      if (!hasEnded && script.stdout !== '') killIfRunning(Number(script.stdout));
    }
  });
});

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended, as expected.
  }
}
