import { once } from 'node:events';
import { HttpRegistry } from '#registry-client';
import {
  call,
  launchNode,
  listeningUrlOf,
  plainEnvironment,
  startApp,
  type AppProcess,
  type LaunchedProcess,
} from '#testing';
import { PLANES, type Plane } from './support/kinds.js';
import { RawClient } from './support/raw-client.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');
const PIECES = 512;
const PEM = 'test/support/tls';
/** The race is lost in most tries, but not in all. */
const TRIES = 4;

/** Starts a gateway that trusts the certificate of the instance; the setting is read only at start-up. */
const startTrusting = (plane: Plane): Promise<AppProcess> =>
  startApp('gateway', {
    ...plainEnvironment(),
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: '0',
    DATA_PLANE: plane,
    NODE_EXTRA_CA_CERTS: `${PEM}/certificate.pem`,
  });

describe.each(PLANES.flatMap((plane) => [[plane, 'http'] as const, [plane, 'https'] as const]))(
  'responses before the body was read (%s, %s)',
  (plane, scheme) => {
    let upstream: LaunchedProcess;
    let gateway: AppProcess;
    const port = (): number => Number(new URL(gateway.url).port);

    beforeAll(async () => {
      gateway = await startTrusting(plane);
      upstream = launchNode('test/conformance/support/early-upstream.mjs', scheme === 'https' ? [PEM] : []);
      await upstream.waitForOutput(/early listens on /);
      const url = listeningUrlOf('early', upstream.stdout);
      await new HttpRegistry({ url: gateway.url }).register({
        name: 'early',
        id: 'early',
        url,
        ttlSeconds: 300,
      });
    });
    afterAll(() => Promise.all([gateway.process.stop(), upstream.stop()]));

    /** Sends a large body until a response arrives, like a client that watches for one; returns that response. */
    async function upload(path: string, framing: string, frame: (piece: Buffer) => Buffer): Promise<string> {
      const client = await RawClient.open(port());
      client.send(`POST /api/early${path} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`);
      for (let i = 0; i < PIECES && client.received === '' && !client.isClosed; i += 1)
        if (!client.socket.write(frame(PIECE)))
          await Promise.race(['drain', 'data', 'close'].map((event) => once(client.socket, event)));
      const response = await client.until(/\r\n\r\nearly response|"requestId"/);
      client.close();
      return response;
    }
    const chunk = (piece: Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);

    describe.each([
      ['of a known length', `Content-Length: ${PIECES * PIECE.length}`, (piece: Buffer) => piece],
      ['in chunks', 'Transfer-Encoding: chunked', chunk],
    ])('to a body %s', (_, framing, frame) => {
      it.each([
        ['close', 413],
        ['close', 401],
        ['reset', 400],
        ['half-close', 413],
        ['read', 413],
      ])('reach the client when the instance then proceeds to %s (%d)', async (how, status) => {
        for (let i = 0; i < TRIES; i += 1)
          expect(await upload(`/refuse/${how}/${status}`, framing, frame)).toMatch(
            new RegExp(`^HTTP/1\\.1 ${status} Early\r\n[^]*\r\n\r\nearly response$`),
          );
        const { body } = await call(gateway.url, 'GET /discovery/services?name=early');
        expect(body).toMatchObject([{ status: 'up', statusReason: 'registered' }]);
        expect((await call(gateway.url, 'GET /api/early/')).body).toBe('fine');
      });
    });
  },
);
