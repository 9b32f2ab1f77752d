import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, endProcesses, LaunchedProcess, plainEnvironment, startApp, tempDir, waitFor } from '#testing';

const SERVICE = 'cache-tests';

/** A second attempt at a request would spoil the count of requests. */
const POLICY = { cache: { enabled: true }, retry: { retryOn: [] } };

/** Starts the server of the suite and a gateway with a cache before it, on free ports, while `use(url of the service)` runs. */
export async function withGateway(suite, use) {
  const folder = tempDir('cache-tests-');
  try {
    const server = await startServer(suite, folder.path);
    const gateway = await startGateway(folder.path);
    await register(gateway, server);
    return await use(`${gateway}/api/${SERVICE}`);
  } finally {
    await endProcesses();
    folder.remove();
  }
}

/** The server takes its settings from npm. It serves the files of its working directory, too. */
async function startServer({ server, directory }, folder) {
  const env = plainEnvironment({
    npm_config_protocol: 'http',
    npm_config_port: '0',
    npm_config_pidfile: join(folder, 'server.pid'),
  });
  const launched = new LaunchedProcess(process.execPath, [server], env, directory);
  const [, port] = await launched.waitForOutput(/Listening on \S+:(\d+)\//);
  return `http://127.0.0.1:${port}`;
}

async function startGateway(folder) {
  const file = join(folder, 'gateway.json');
  writeFileSync(file, JSON.stringify({ version: 1, services: { [SERVICE]: POLICY } }));
  const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder, GATEWAY_CONFIG: file };
  const { url } = await startApp('gateway', { ...env, DATA_PLANE: process.env.DATA_PLANE ?? 'wire' });
  return url;
}

async function register(gateway, url) {
  const path = '/package.json';
  const body = { name: SERVICE, url, ttlSeconds: 300, healthPath: path };
  await call(gateway, 'POST /discovery/register', { body });
  await waitFor('the server of the suite', async () => {
    const { status } = await call(gateway, `GET /api/${SERVICE}${path}`);
    return status === 200;
  });
}
