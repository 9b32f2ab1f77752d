import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { HttpRegistry } from '#registry-client';
import { call, onPrograms, plainEnvironment, startApp, tempDir, type AppProcess } from '#testing';
import { PLANES } from './support/kinds.js';

onPrograms(['openssl'], 'instances with TLS', () => {
  const directory = tempDir();
  const file = (name: string): string => join(directory.path, name);
  const servers: Server[] = [];
  const gateways: AppProcess[] = [];

  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });

  /** Creates a key and a certificate for `altNames`, signed by `authority` or self-signed. */
  function certify(name: string, altNames: string, authority?: string): void {
    writeFileSync(file(`${name}.ext`), `subjectAltName=${altNames}\n`);
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      file(`${name}.key`),
    ];
    const subject = ['-subj', `/CN=${name}`, '-out', file(`${name}.csr`)];
    openssl('req', ...key, ...subject);
    const signer = authority
      ? ['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`), '-CAcreateserial']
      : ['-signkey', file(`${name}.key`)];
    const request = ['-req', '-in', file(`${name}.csr`), '-extfile', file(`${name}.ext`), '-days', '2'];
    openssl('x509', ...request, ...signer, '-out', file(`${name}.pem`));
  }

  /** Starts an instance that responds with the server name from the TLS handshake. */
  async function serve(name: string): Promise<number> {
    const pem = { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) };
    const server = createServer(pem, (request, response) => {
      const { servername, encrypted } = request.socket as TLSSocket & { servername: string | false };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ servername, encrypted, host: request.headers.host, url: request.url }));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function startGateway(plane: string): Promise<AppProcess> {
    const data = { DATA_DIR: file(plane), GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_PLANE: plane };
    const trust = { NODE_EXTRA_CA_CERTS: file('authority.pem') };
    const app = await startApp('gateway', { ...plainEnvironment(), ...data, ...trust });
    gateways.push(app);
    return app;
  }

  beforeAll(() => {
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=authority', '-keyout', file('authority.key'), '-out', file('authority.pem')],
    );
    certify('trusted', 'DNS:localhost,IP:127.0.0.1', 'authority');
    certify('of-another', 'DNS:another.example', 'authority');
    certify('self-signed', 'DNS:localhost,IP:127.0.0.1');
  });
  afterAll(async () => {
    for (const server of servers) server.close().closeAllConnections();
    await Promise.all(gateways.map(({ process }) => process.stop()));
    directory.remove();
  });

  it.each(PLANES)(
    'receive SNI, and are accepted only with a valid certificate (%s)',
    async (plane) => {
      const { url } = await startGateway(plane);
      const registry = new HttpRegistry({ url });
      const register = (name: string, at: string): Promise<unknown> =>
        registry.register({ name, id: name, url: at, ttlSeconds: 300 });
      const port = await serve('trusted');
      await register('by-name', `https://localhost:${port}`);
      await register('by-address', `https://127.0.0.1:${port}`);
      await register('self-signed', `https://127.0.0.1:${await serve('self-signed')}`);
      await register('of-another', `https://127.0.0.1:${await serve('of-another')}`);

      expect((await call(url, 'GET /api/by-name/x')).body).toEqual({
        servername: 'localhost',
        encrypted: true,
        host: `localhost:${port}`,
        url: '/x',
      });
      expect((await call(url, 'GET /api/by-address/x')).body).toMatchObject({
        servername: false,
        encrypted: true,
      });
      for (const [name, code] of [
        ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
        ['of-another', 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ] as const) {
        const { status, body } = await call(url, `GET /api/${name}`);
        expect([status, body.detail]).toEqual([
          502,
          `the certificate of the instance is not trusted (${code})`,
        ]);
      }
    },
    60_000,
  );

  it('are reported before their certificates expire, as health checks see them', async () => {
    const { url } = await startGateway('wire');
    const at = `https://localhost:${await serve('trusted')}`;
    await new HttpRegistry({ url }).register({ name: 'by-name', id: 'by-name', url: at, ttlSeconds: 300 });
    const reader = new AbortController();
    const { body } = await fetch(`${url}/dashboard/stream`, { signal: reader.signal });
    let text = '';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('"certificate-expiring by-name":{')) break;
    }
    const [, expiresAt = ''] = /"certificateExpiresAt":"([^"]+)"/.exec(text) ?? [];
    const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(2);
    reader.abort();
  }, 60_000);
});
