import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, request, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { call, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { PLANES } from '../conformance/support/kinds.js';

const RELOADS = 50;
const OF_EACH = 3;
const TICK_MS = 10;

/** An instance with an event stream of numbers, an upload that responds with a digest, and tunnels that echo. */
function startInstance(): Server {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/events') {
      let count = 0;
      const timer = setInterval(() => response.write(`${(count += 1)}\n`), TICK_MS);
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .on('close', () => clearInterval(timer));
      return;
    }
    const digest = createHash('sha256');
    incoming
      .on('data', (bytes: Buffer) => digest.update(bytes))
      .on('end', () => response.end(digest.digest('hex')));
  });
  server.on('upgrade', (_incoming, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.on('error', () => undefined).pipe(socket);
  });
  return server.listen(0, '127.0.0.1');
}

describe.each(PLANES)('50 reloads of the policy file under load (%s)', (plane) => {
  const folder = tempDir('policy-reload-');
  const path = join(folder.path, 'gateway.yaml');
  const instance = startInstance();
  let gateway: AppProcess;
  const failures: string[] = [];
  const failed = (what: string) => (error?: unknown) => void failures.push(`${what}: ${String(error)}`);

  const publish = (i: number): void => {
    const respond = i % 2 === 0 ? 'access: { deny: [192.0.2.1] }' : 'securityHeaders: true';
    const text = `version: 1
defaults: { timeouts: { idle: ${30 + i}s } }
services: { users: { ${respond}, retry: { backoff: ${i}ms } } }
routes: [{ name: r${i}, match: { service: users, path: { prefix: /r${i} } }, circuitBreaker: { minRequests: ${i + 1} } }]
`;
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const open = (options: object): ClientRequest =>
    request({ host: '127.0.0.1', port: new URL(gateway.url).port, agent: false, ...options });

  beforeAll(async () => {
    publish(0);
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder.path, DATA_PLANE: plane };
    gateway = await startApp('gateway', { ...env, GATEWAY_CONFIG: path });
    const url = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
    await call(gateway.url, 'POST /discovery/register', { body: { name: 'users', url, ttlSeconds: 300 } });
    await waitFor('the instance', async () => (await call(gateway.url, 'POST /api/users/')).status === 200);
  });
  afterAll(async () => {
    await gateway.process.stop();
    instance.closeAllConnections();
    instance.close();
    folder.remove();
  });

  /** An event stream, whose events must be without a gap; the returned function closes it and returns their number. */
  async function openStream() {
    const sent = open({ path: '/api/users/events' }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const onClose = failed('event stream ended');
    let [rest, events] = ['', 0];
    response.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (Number(line) !== (events += 1)) failed('event stream')(line);
    });
    response.on('error', () => undefined).on('close', onClose);
    return (): number => {
      response.off('close', onClose);
      sent.destroy();
      return events;
    };
  }

  /** A tunnel that echoes numbers; the returned function closes it and returns how many came back. */
  async function openTunnel() {
    const sent = open({ path: '/api/users/ws', headers: { connection: 'Upgrade', upgrade: 'echo' } }).end();
    const [, socket] = (await once(sent, 'upgrade')) as [IncomingMessage, Socket];
    const tunnel = { sent: 0, received: '', expected: '' };
    const timer = setInterval(() => {
      const text = `${(tunnel.sent += 1)},`;
      tunnel.expected += text;
      socket.write(text);
    }, TICK_MS);
    socket.on('data', (bytes: Buffer) => (tunnel.received += bytes.toString()));
    socket.on('error', failed('tunnel')).on('end', failed('tunnel ended'));
    return async (): Promise<number> => {
      clearInterval(timer);
      await waitFor('the echo', () => tunnel.received === tunnel.expected);
      socket.removeAllListeners('end').destroy();
      return tunnel.sent;
    };
  }

  /** An upload that goes on until `finish`, which returns whether the instance received every byte. */
  function openUpload() {
    const digest = createHash('sha256');
    const sent = open({ method: 'POST', path: '/api/users/upload' }).on('error', failed('upload'));
    const timer = setInterval(() => {
      const bytes = randomBytes(8192);
      digest.update(bytes);
      sent.write(bytes);
    }, TICK_MS);
    return async (): Promise<boolean> => {
      clearInterval(timer);
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      let body = '';
      for await (const bytes of response) body += String(bytes);
      return response.statusCode === 200 && body === digest.digest('hex');
    };
  }

  it('lose and reset nothing', async () => {
    const each = Array.from({ length: OF_EACH });
    const streams = await Promise.all(each.map(openStream));
    const tunnels = await Promise.all(each.map(openTunnel));
    const uploads = each.map(openUpload);
    let isSending = true;
    let succeeded = 0;
    const traffic = each.map(async (_, i) => {
      while (isSending) {
        const { status } = await call(gateway.url, i === 0 ? 'GET /api/users/r1' : 'GET /api/users/');
        if (status === 200) succeeded += 1;
        else failed('request')(status);
      }
    });
    const revisionNow = async (): Promise<string> =>
      ((await call(gateway.url, 'GET /policies')).body as { revision: string }).revision;
    for (let i = 1, before = await revisionNow(); i <= RELOADS; i += 1) {
      publish(i);
      gateway.process.signal('SIGHUP');
      await waitFor('the reload', async () => (await revisionNow()) !== before);
      before = await revisionNow();
    }
    isSending = false;
    await Promise.all(traffic);
    expect(await Promise.all(uploads.map((finish) => finish()))).toEqual(each.map(() => true));
    for (const finish of tunnels) expect(await finish()).toBeGreaterThan(RELOADS);
    for (const finish of streams) expect(finish()).toBeGreaterThan(RELOADS);
    expect(failures).toEqual([]);
    expect(succeeded).toBeGreaterThan(RELOADS);
  });
});
