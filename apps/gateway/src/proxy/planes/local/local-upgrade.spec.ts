import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LocalTarget } from '#registry-client';
import { waitFor } from '#testing';
import type { Timeouts } from '../../../policy/policy.js';
import { instanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const HANDSHAKE =
  'GET /api/users/x HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n';

describe('An upgrade at a local instance', () => {
  let harness: ProxyHarness;
  afterEach(() => harness.close());

  const start = async (
    upgrade: LocalTarget['upgrade'],
    timeouts: Partial<Timeouts> = {},
  ): Promise<Socket> => {
    harness = await ProxyHarness.start(timeouts);
    harness.setInstances(instanceOf({ id: 'a', target: { request: () => undefined, upgrade } }));
    return connect(harness.port, '127.0.0.1').setEncoding('latin1');
  };
  const responseTo = (client: Socket): Promise<string> => text(client.end(HANDSHAKE));
  const inFlight = (): number => harness.services.current.get('users')!.instances[0]!.load.inFlight;

  it.each(['responseHeaderMs', 'totalMs'] as const)('gets a 504 after %s', async (limit) => {
    let late: Socket | undefined;
    const client = await start((_request, socket) => (late = socket as Socket), { [limit]: 100 });
    client.write(HANDSHAKE);
    expect(await text(client)).toMatch(/^HTTP\/1\.1 504 [^]*urn:msa-gateway:problem:upstream-timeout/);
    expect(() => late!.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')).not.toThrow();
    await waitFor('the record', () => harness.traffic.service('users').problems.total === 1);
    expect(inFlight()).toBe(0);
  });

  it('gets a 502 when the service throws', async () => {
    const client = await start(() => {
      throw new Error('not today');
    });
    expect(await responseTo(client)).toMatch(
      /^HTTP\/1\.1 502 [^]*urn:msa-gateway:problem:upstream-protocol-error/,
    );
    expect(inFlight()).toBe(0);
  });

  it('may exceed the time limit once it is established', async () => {
    const client = await start(
      (_request, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        setTimeout(() => socket.end('still here'), 300);
      },
      { responseHeaderMs: 100 },
    );
    client.write(HANDSHAKE);
    expect(await text(client)).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nstill here$/);
    client.end();
    await waitFor('the record', () => harness.traffic.service('users').endings.total === 1);
    expect(harness.traffic.service('users').bytesSent).toBe('still here'.length);
  });

  it('does not count as a failure when the client disconnects before the response', async () => {
    let isRequested = false;
    const client = await start(() => (isRequested = true));
    client.write(HANDSHAKE);
    await waitFor('the service to be asked', () => isRequested);
    client.resetAndDestroy();
    await once(client, 'close');
    await waitFor('the record', () => harness.traffic.service('users').endings.total === 1);
    expect([...harness.traffic.service('users').endings.entries()]).toEqual([['client-left', 1]]);
    expect(inFlight()).toBe(0);
  });
});
