import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  MOUNTS,
  startApp,
  startSystem,
  tempDir,
  waitFor,
  type AppProcess,
  type RunningSystem,
} from '#testing';

const data = tempDir();
afterAll(() => data.remove());

interface SlowService {
  readonly server: Server;
  /** The response that the service has not ended yet. */
  readonly pendingResponse: Promise<ServerResponse>;
}

async function startSlowService(): Promise<SlowService> {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/slow') server.emit('pending', response);
    else response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    pendingResponse: once(server, 'pending').then(([response]) => response as ServerResponse),
  };
}

async function register(system: RunningSystem, { server }: SlowService): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const body = { id: 'slow-a', name: 'slow', url: `http://127.0.0.1:${port}`, healthPath: '/' };
  const response = await fetch(`${system.url}/discovery/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
  await waitFor('the slow service to be up', async () => (await fetch(`${system.url}/api/slow/`)).ok);
}

/** Sends a request; resolves to its response once the head has arrived. */
const responseOf = (url: string, agent: Agent | false = false): Promise<IncomingMessage> =>
  new Promise((resolve, reject) =>
    request(url, { agent, headers: { connection: 'keep-alive' } })
      .on('response', resolve)
      .on('error', reject)
      .end(),
  );

async function startWithRequestInFlight(mount: (typeof MOUNTS)[number]) {
  const system = await startSystem(mount, { DATA_DIR: data.path });
  const slow = await startSlowService();
  await register(system, slow);
  const clientResponse = responseOf(`${system.url}/api/slow/slow`);
  // Tests that end the process expect this promise to reject later.
  clientResponse.catch(() => undefined);
  return { system, slow, clientResponse, serviceResponse: await slow.pendingResponse };
}

describe.each(MOUNTS)('the system as %s', (mount) => {
  it('completes requests in flight at SIGTERM, accepts no new ones, and exits 0', async () => {
    const { system, slow, clientResponse, serviceResponse } = await startWithRequestInFlight(mount);
    const requestAgain = (): Promise<unknown> => fetch(`${system.url}/health/ready`);
    system.process.signal('SIGTERM');
    await waitFor('new connections to be refused', () =>
      requestAgain().then(
        () => false,
        () => true,
      ),
    );
    serviceResponse.end('finished');
    const incoming = await clientResponse;
    const [text] = (await once(incoming.setEncoding('utf8'), 'data')) as [string];
    expect([incoming.statusCode, text]).toEqual([200, 'finished']);
    expect(await system.process.exited).toEqual({ code: 0, signal: null });
    expect(system.process.stderr).toBe('');
    slow.server.close();
  });

  it('exits immediately at a second signal', async () => {
    const { system, slow, clientResponse } = await startWithRequestInFlight(mount);
    system.process.signal('SIGTERM');
    await waitFor('the gateway to refuse connections', () =>
      fetch(system.url).then(
        () => false,
        () => true,
      ),
    );
    system.process.signal('SIGINT');
    expect(await system.process.exited).toEqual({ code: 130, signal: null });
    await expect(clientResponse).rejects.toThrow();
    slow.server.closeAllConnections();
    slow.server.close();
  });
});

describe.each(['gateway', 'user-service'])('%s with a shutdown delay', (name) => {
  const start = async (delaySeconds = 2): Promise<AppProcess> => {
    const ports = { GATEWAY_PORT: '0', USER_SERVICE_PORT: '0', REGISTRY_URL: 'http://127.0.0.1:9' };
    return startApp(name, {
      ...ports,
      DATA_DIR: data.path,
      SHUTDOWN_DELAY_SECONDS: String(delaySeconds),
      SHUTDOWN_TIMEOUT_SECONDS: String(2 * delaySeconds + 10),
    });
  };
  const readiness = async ({ url }: AppProcess): Promise<number> =>
    (await fetch(`${url}/health/ready`)).status;

  describe('at SIGTERM', () => {
    let app: AppProcess;
    let since: number;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    beforeAll(async () => {
      app = await start();
      (await responseOf(`${app.url}/health/live`, agent)).resume();
      since = performance.now();
      app.process.signal('SIGTERM');
    });

    it('reports that it is not ready, and accepts requests for SHUTDOWN_DELAY_SECONDS', async () => {
      await waitFor('the app not to be ready', async () => (await readiness(app)) === 503);
      const response = await responseOf(`${app.url}/health/live`);
      expect([response.resume().statusCode, response.headers.connection]).toEqual([200, 'keep-alive']);
    });

    it('then refuses connections, closes existing ones with a response, and exits 0', async () => {
      await waitFor('new connections to be refused', () =>
        responseOf(`${app.url}/health/live`).then(
          (response) => !response.resume(),
          (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED',
        ),
      );
      expect(performance.now() - since).toBeGreaterThan(1900);
      const last = await responseOf(`${app.url}/health/live`, agent);
      expect([last.resume().statusCode, last.headers.connection]).toEqual([200, 'close']);
      expect(await app.process.exited).toEqual({ code: 0, signal: null });
    });
  });

  it('does not wait at SIGINT', async () => {
    const app = await start(30);
    const since = performance.now();
    app.process.signal('SIGINT');
    expect(await app.process.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - since).toBeLessThan(30_000);
  });
});

describe('a service that shuts down', () => {
  it('receives no requests from the gateway while it still responds', async () => {
    const ports = { GATEWAY_PORT: '0', USER_SERVICE_PORT: '0' };
    const gateway = await startApp('gateway', ports);
    const env = { ...ports, DATA_DIR: data.path, REGISTRY_URL: gateway.url, SHUTDOWN_DELAY_SECONDS: '30' };
    const service = await startApp('user-service', env);
    const statusThroughGateway = async (): Promise<number> =>
      (await fetch(`${gateway.url}/api/user-service/health/live`)).status;
    await waitFor('the service to be up', async () => (await statusThroughGateway()) === 200);
    service.process.signal('SIGTERM');
    await waitFor('the service to receive no requests', async () => (await statusThroughGateway()) === 503);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    service.process.signal('SIGTERM');
    expect(await service.process.exited).toEqual({ code: 130, signal: null });
    await gateway.process.stop();
  });
});

describe('a monolith with a request in flight that does not end', () => {
  it('aborts the request after SHUTDOWN_TIMEOUT_SECONDS', async () => {
    const system = await startSystem('monolith', { DATA_DIR: data.path, SHUTDOWN_TIMEOUT_SECONDS: '1' });
    const slow = await startSlowService();
    await register(system, slow);
    responseOf(`${system.url}/api/slow/slow`).catch(() => undefined);
    await slow.pendingResponse;
    expect(await system.process.stop()).toEqual({ code: 0, signal: null });
    expect(system.process.stdout).toContain('Shutdown timeout reached; work in flight is cut off');
    slow.server.closeAllConnections();
    slow.server.close();
  });
});
