import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { launchSystem, startSystem, tempDir, type Environment } from '#testing';

const data = tempDir();
afterAll(() => data.remove());

async function outputOfFailedStart(env: Environment): Promise<string> {
  const launched = launchSystem('monolith', { DATA_DIR: data.path, ...env });
  expect(await launched.exited).toEqual({ code: 1, signal: null });
  expect(launched.stdout).not.toMatch(/"msg":"ready/);
  expect(launched.stdout).not.toMatch(/"level":"error"/);
  return launched.stderr;
}

async function occupyPort(host: string): Promise<{ server: Server; port: string }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return { server, port: String((server.address() as AddressInfo).port) };
}

describe('a start-up that cannot succeed ends with one line and exit code 1', () => {
  it.each([
    ['GATEWAY_PORT', 'gateway', '0.0.0.0'],
    ['ORDER_SERVICE_PORT', 'order-service', '127.0.0.1'],
    ['PRODUCT_SERVICE_PORT', 'product-service', '127.0.0.1'],
  ])('when the port of %s is taken', async (variable, app, host) => {
    const { server, port } = await occupyPort(host);
    const output = await outputOfFailedStart({ [variable]: port });
    expect(output).toBe(`${app}: the port is already taken (port ${port})\n`);
    server.close();
  });

  it('when DATA_DIR is a file', async () => {
    const file = join(data.path, 'file');
    writeFileSync(file, '');
    const output = await outputOfFailedStart({ DATA_DIR: file });
    expect(output).toMatch(/^order-service: .*\n$/);
    expect(output).toContain('DATA_DIR');
  });

  it('when variables are invalid: reports all of them, of all apps, by name and never by value', async () => {
    const output = await outputOfFailedStart({
      LOG_LEVEL: 'secret-1',
      GATEWAY_PORT: 'secret-2',
      USER_SERVICE_PORT: '65536',
      PRODUCT_SERVICE_PORT: '-1',
      DATABASE_URL: 'mysql://root:secret-3@db/x',
    });
    expect(output).toMatch(/^bad configuration: .*\n$/);
    for (const name of [
      'LOG_LEVEL',
      'GATEWAY_PORT',
      'USER_SERVICE_PORT',
      'PRODUCT_SERVICE_PORT',
      'DATABASE_URL',
    ])
      expect(output.split(name)).toHaveLength(2);
    expect(output).not.toContain('secret');
    expect(output).not.toContain('ORDER_SERVICE_PORT');
  });

  it('when PostgreSQL does not respond, without showing its password', async () => {
    const output = await outputOfFailedStart({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/none' });
    expect(output).toMatch(/^order-service: .*\n$/);
    expect(output).not.toContain('secret');
  });
});

describe('four processes', () => {
  it('do not mistake another gateway on their port for their own', async () => {
    const other = createHttpServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const launched = launchSystem('split', { DATA_DIR: data.path, GATEWAY_PORT: String(port) });
    expect(await launched.exited).toEqual({ code: 1, signal: null });
    expect(launched.stderr).toBe(`gateway: the port is already taken (port ${port})\n`);
    other.close();
  });

  it('end together when one port is taken, and name its app', async () => {
    const { server, port } = await occupyPort('127.0.0.1');
    const launched = launchSystem('split', { DATA_DIR: data.path, USER_SERVICE_PORT: port });
    const exit = await launched.exited;
    server.close();
    expect(exit).toEqual({ code: 1, signal: null });
    expect(launched.stderr.split('\n')).toEqual([
      `user-service    | user-service: the port is already taken (port ${port})`,
      'user-service ended (exit code 1); stopping the other apps',
      '',
    ]);
    expect(launched.stdout).not.toMatch(/"level":"(?:warn|error)"|"msg":"ready/);
  });

  it.each([
    ['GATEWAY_PORT', 'LOG_LEVEL', 'ORDER_SERVICE_PORT'],
    ['USER_SERVICE_PORT', 'PRODUCT_SERVICE_PORT', 'DATABASE_URL'],
  ])('report every invalid variable of all apps: %s, %s, %s', async (...names) => {
    const bad = Object.fromEntries(names.map((name) => [name, 'secret']));
    const launched = launchSystem('split', { DATA_DIR: data.path, ...bad });
    expect(await launched.exited).toEqual({ code: 1, signal: null });
    const [line] = /^all apps: bad configuration: .*$/m.exec(launched.stderr) ?? [''];
    for (const name of names) expect(line.split(name)).toHaveLength(2);
    expect(launched.stderr).not.toContain('secret');
  });

  it('log no warning when they stop', async () => {
    const system = await startSystem('split', { DATA_DIR: data.path });
    expect(await system.process.stop()).toEqual({ code: 0, signal: null });
    expect(system.process.stdout).not.toMatch(/"level":"(?:warn|error)"/);
    expect(system.process.stderr).toBe('');
  });
});
