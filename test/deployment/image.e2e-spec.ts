import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#testing';

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('docker/Dockerfile', () => {
  const lines = textOf('docker/Dockerfile').split('\n');
  const last = (instruction: string): string =>
    lines.filter((line) => line.startsWith(`${instruction} `)).at(-1) ?? '';

  it('installs from the lock file and runs no package scripts', () => {
    const installs = lines.filter((line) => /\bnpm (ci|install|i)\b/.test(line));
    expect(installs).toHaveLength(2);
    expect(installs.filter((line) => !/npm ci\b.*--ignore-scripts/.test(line))).toEqual([]);
  });

  it('runs as a numeric user, which Kubernetes can verify, and runs node directly so that it receives signals', () => {
    expect(last('USER')).toBe('USER 1000:1000');
    expect(last('ENTRYPOINT')).toMatch(/^ENTRYPOINT \["node"/);
  });

  it('copies only paths that exist', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('.dockerignore', () => {
  const rules = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('excludes everything by default', () => {
    expect(rules[0]).toBe('*');
  });

  it('includes only paths that exist', () => {
    const named = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('docker/healthcheck.sh', () => {
  let server: Server;
  let status: number;
  let requestedPaths: (string | undefined)[];

  beforeEach(async () => {
    requestedPaths = [];
    server = createServer((request, response) => {
      requestedPaths.push(request.url);
      if (status > 0) response.writeHead(status).end();
      else request.socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const portOf = (): string => String((server.address() as AddressInfo).port);
  const check = async (env: Record<string, string>) =>
    (
      await once(
        spawn('bash', ['docker/healthcheck.sh'], { cwd: ROOT, env: { PATH: process.env.PATH, ...env } }),
        'exit',
      )
    )[0] as number;

  it('requests the readiness endpoint', async () => {
    status = 200;
    expect(await check({ APP: 'user-service', PORT: portOf() })).toBe(0);
    expect(requestedPaths).toEqual(['/health/ready']);
  });

  it.each([503, 404, 302, 0])('fails on status %i', async (response) => {
    status = response;
    expect(await check({ APP: 'user-service', PORT: portOf() })).toBe(1);
  });

  it.each([
    ['user-service', 'USER_SERVICE_PORT'],
    ['gateway', 'GATEWAY_PORT'],
    ['monolith', 'GATEWAY_PORT'],
  ])('checks %s on its %s', async (APP, variable) => {
    status = 200;
    expect(await check({ APP, PORT: '1', [variable]: portOf() })).toBe(0);
  });

  it('fails when no process listens', async () => {
    expect(await check({ APP: 'gateway', PORT: '1' })).toBe(1);
  });
});
