import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { listenerOf } from '../../scripts/chaos/outages/listener.mjs';

describe('the process that listens at a URL', () => {
  const found = async (listens: string, ...hosts: readonly string[]) => {
    const server = createServer().listen(0, listens);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pids = hosts.map((host) => listenerOf(new URL(`http://${host}:${port}`)));
    server.close();
    return pids;
  };
  const { pid } = process;

  it('listens at its address, not only at its port', async () => {
    expect(await found('127.0.0.2', '127.0.0.2', '127.0.0.1', 'localhost')).toEqual([
      pid,
      undefined,
      undefined,
    ]);
    expect(await found('127.0.0.1', '127.0.0.1', 'localhost')).toEqual([pid, pid]);
  });

  it('may listen at all addresses', async () => {
    expect(await found('0.0.0.0', '127.0.0.1', 'localhost')).toEqual([pid, pid]);
    expect(await found('::', '127.0.0.1', 'localhost', '[::1]')).toEqual([pid, pid, pid]);
  });

  it('may listen at an IPv6 address', async () => {
    expect(await found('::1', '[::1]', '127.0.0.1')).toEqual([pid, undefined]);
    expect(await found('::ffff:127.0.0.1', '127.0.0.1')).toEqual([pid]);
  });
});
