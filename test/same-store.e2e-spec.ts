import { launchNode, onPostgres, tempDir, type Environment, type LaunchedProcess } from '#testing';

const PROCESSES = 4;
const ADDRESSES = 50;

const launch = (env: Environment): LaunchedProcess =>
  launchNode('dist/apps/user-service/src/main.js', [], {
    USER_SERVICE_PORT: '0',
    // No process listens there: the service must also serve without a registry.
    REGISTRY_URL: 'http://127.0.0.1:9',
    ...env,
  });

async function urlOf(process: LaunchedProcess): Promise<string> {
  const [, url] = await process.waitForOutput(/"url":"([^"]+)"/);
  return url!;
}

async function statusOfAdding(url: string, email: string): Promise<number> {
  const response = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, name: 'U' }),
  });
  await response.text();
  return response.status;
}

/** Starts several processes of the service on an empty store at once, and lets them compete for the same addresses. */
async function startConcurrently(env: Environment): Promise<void> {
  const processes = Array.from({ length: PROCESSES }, () => launch(env));
  const urls = await Promise.all(processes.map(urlOf));
  const addresses = Array.from({ length: ADDRESSES }, (_, n) => `user-${n}@example.com`);
  const races = addresses.map((email) => Promise.all(urls.map((url) => statusOfAdding(url, email))));
  for (const statuses of await Promise.all(races)) expect(statuses.sort()).toEqual([201, 409, 409, 409]);
  const exits = await Promise.all(processes.map((process) => process.stop()));
  expect(exits).toEqual(processes.map(() => ({ code: 0, signal: null })));
}

describe('several processes of a service on one embedded store', () => {
  it('start together, and assign each address once', async () => {
    const data = tempDir();
    await startConcurrently({ DATA_DIR: data.path });
    data.remove();
  });
});

onPostgres('several processes of a service', (server) => {
  it('start together, and assign each address once', async () => {
    await startConcurrently({ DATABASE_URL: await server().createDatabase() });
  });
});
