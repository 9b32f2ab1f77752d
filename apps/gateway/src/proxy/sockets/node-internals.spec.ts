import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Socket, connect, createServer, type AddressInfo } from 'node:net';
import { examine, nodeInternals, unsentBytes, withOnread, withProbes } from './node-internals.js';
import type { NodeInternals, Probes } from './node-internals.js';

type Broken = readonly [name: string, break_: (probes: Probes) => Partial<Probes>];

/** `socket` without its native handle. */
const withoutHandle = ({ socket }: Probes): Partial<Probes> => ({
  socket: Object.assign(Object.create(socket) as Socket, { _handle: null }),
});

describe('The internals of Node', () => {
  it('are all there in this version', () => {
    expect(nodeInternals().fallbacks).toEqual([]);
  });

  it.each<Broken>([
    ['movesHandles', withoutHandle],
    ['countsUnsentBytes', withoutHandle],
    ['writesPastStream', ({ socket }) => ({ socket: Object.assign(socket, { _write: undefined }) })],
    ['servesHalfClosed', () => ({ server: { listenerCount: () => 1 } as unknown as Probes['server'] })],
    ['makesMessages', () => ({ request: {} as IncomingMessage })],
    ['replacesFields', () => ({ request: {} as IncomingMessage })],
  ])('have a fallback without %s', (name, break_) => {
    const found = withProbes((probes) => examine({ ...probes, ...break_(probes) }));
    expect(found[name as keyof NodeInternals]).toBe(false);
    expect(found.fallbacks).toContain(name);
  });

  it.each<Broken>([
    ['the connection listener', ({ server }) => ({ server: server.removeAllListeners('connection') })],
    ['the data listener', ({ served }) => ({ served: served.removeAllListeners('data') })],
    ['_httpMessage', () => ({ responding: new Socket() })],
  ])('stop the start without %s, which the error names', (name, break_) => {
    expect(() => withProbes((probes) => examine({ ...probes, ...break_(probes) }))).toThrow(name);
  });
});

describe('The fallbacks', () => {
  it('leave a connection without a movable handle on its socket', () => {
    const accepted = new Socket();
    expect(withOnread(accepted, { buffer: Buffer.alloc(1), callback: () => true })).toBe(accepted);
  });
});

describe('Unsent bytes', () => {
  it('shrink while the system takes a large write', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    const [writer] = (await once(server, 'connection')) as [Socket];
    writer.write(Buffer.alloc(32 * 1024 * 1024));
    const before = unsentBytes(writer);
    expect(before).toBeGreaterThan(0);
    reader.resume();
    while (unsentBytes(writer) === before) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unsentBytes(writer)).toBeLessThan(before);
    writer.destroy();
    reader.destroy();
    server.close();
  });
});
