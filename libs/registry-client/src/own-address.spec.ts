import { networkInterfaces } from 'node:os';
import { urlSeenFrom } from './own-address.js';

const EVERYWHERE = 'http://0.0.0.0:8001';
// Reserved for documentation (RFC 5737): routed like a public address, but reaches no host.
const REMOTE = 'http://192.0.2.1:8000';

const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
const hasWayOut = addresses.some(({ internal, family }) => !internal && family === 'IPv4');

describe('urlSeenFrom', () => {
  it.each(['http://user-service:8001', 'https://10.0.0.7:8001', 'http://[fd00::7]:8001'])(
    'returns %s unchanged',
    async (url) => {
      await expect(urlSeenFrom(REMOTE, url)).resolves.toBe(url);
    },
  );

  it.each(['http://127.0.0.1:8000', 'http://localhost:8000'])(
    'returns a loopback address for %s',
    async (peer) => {
      await expect(urlSeenFrom(peer, EVERYWHERE)).resolves.toBe('http://127.0.0.1:8001');
    },
  );

  it('selects the address family that leads to the peer when the instance listens on both', async () => {
    await expect(urlSeenFrom('http://127.0.0.1:8000', 'http://[::]:8001')).resolves.toBe(
      'http://127.0.0.1:8001',
    );
  });

  (hasWayOut ? it : it.skip)('returns an address of this machine for a remote peer', async () => {
    const { hostname, port } = new URL(await urlSeenFrom(REMOTE, EVERYWHERE));
    expect(port).toBe('8001');
    expect(addresses.filter(({ internal }) => !internal).map(({ address }) => address)).toContain(hostname);
  });

  it('rejects when the name of the peer is unknown', async () => {
    await expect(urlSeenFrom('http://no-such-host.invalid', EVERYWHERE)).rejects.toMatchObject({
      syscall: 'getaddrinfo',
    });
  });
});
