import { connect, type Socket } from 'node:net';
import { SseReader } from '#testing';
import { newInstanceFrom } from '../store/new-instance.js';
import { RegistryStore } from '../store/registry-store.js';
import { EventStreams } from '../events/event-streams.js';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

const url = 'http://127.0.0.1:9001';

describe('GET /discovery/events', () => {
  let gateway: GatewayUnderTest;
  const readers: SseReader[] = [];
  beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
  afterEach(() => readers.splice(0).forEach((reader) => reader.leave()));
  afterAll(() => gateway.stop());

  const read = async (path = '', headers: Record<string, string> = {}): Promise<SseReader> => {
    const reader = await SseReader.open(`${gateway.url}/discovery/events${path}`, headers);
    readers.push(reader);
    return reader;
  };
  const register = (id: string) => gateway.register({ name: 'users', url, id, ttlSeconds: 300 });
  const names = ({ events }: SseReader) =>
    events.map(({ data, event }) => `${event} ${String(data.instanceId)}`);

  it('streams one event per change, starting now', async () => {
    await register('before');
    const reader = await read();
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    await register('a');
    await gateway.call('POST', '/discovery/services/a/drain');
    await gateway.call('DELETE', '/discovery/unregister/a');
    await until(() => reader.events.length === 3);
    expect(names(reader)).toEqual(['registered a', 'draining a', 'unregistered a']);
    expect(reader.events[0]).toMatchObject({
      id: String(reader.events[0]!.data.id),
      data: { service: 'users', status: 'up', reason: 'registered', at: expect.any(String) },
    });
  });

  it('resumes after Last-Event-ID without gaps or repetitions', async () => {
    const first = await read();
    await register('b');
    await until(() => first.events.length === 1);
    first.leave();
    await register('c');
    await register('d');
    const second = await read('', { 'last-event-id': first.lastId! });
    await register('e');
    await until(() => second.events.length === 3);
    expect(names(second)).toEqual(['registered c', 'registered d', 'registered e']);
  });

  it('prefers Last-Event-ID to since, which a browser repeats when it reconnects', async () => {
    await register('f');
    const history = (await gateway.get('/discovery/events?since=0')).body as { id: number }[];
    const headers = { accept: 'text/event-stream', 'last-event-id': String(history.at(-2)!.id) };
    const reader = await read('?since=0', headers);
    await until(() => reader.events.length > 0);
    expect(names(reader)).toEqual(['registered f']);
  });

  it.each(['1', '9999999999999999', 'mine'])(
    'sends a reset for the id %s, which is not in the log',
    async (id) => {
      const reader = await read('', { 'last-event-id': id });
      await until(() => reader.events.length > 0);
      expect(reader.events[0]).toMatchObject({
        event: 'reset',
        data: { oldestId: expect.any(Number), newestId: expect.any(Number) },
      });
      await register(`after-${id}`);
      await until(() => reader.events.at(-1)?.data.instanceId === `after-${id}`);
    },
  );

  it('streams all stored events if since is 0', async () => {
    const { body } = await gateway.get('/discovery/events?since=0');
    const reader = await read('?since=0', { accept: 'text/event-stream' });
    await until(() => reader.events.length === (body as []).length);
    expect(names(reader)[0]).toBe('registered before');
  });

  it('responds to since with the history as JSON', async () => {
    const { body: all } = (await gateway.get('/discovery/events?since=0')) as { body: { id: number }[] };
    expect(all[0]).toMatchObject({ type: 'registered', instanceId: 'before' });
    const { body: rest } = await gateway.get(`/discovery/events?since=${all[2]!.id}`);
    expect(rest).toEqual(all.slice(3));
    expect((await gateway.get('/discovery/events', { accept: 'application/json' })).body).toEqual(all);
    expect((await gateway.get(`/discovery/events?since=${all.at(-1)!.id}`)).body).toEqual([]);
  });

  it('responds to HEAD with the media type, and ends', async () => {
    const response = await gateway.call('HEAD', '/discovery/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  });

  it('releases a reader that has disconnected', async () => {
    const streams = gateway.app.nest.get(EventStreams, { strict: false });
    // A reader that disconnected during a write is detected by the next event.
    await until(async () => (await register('next'), streams.size === 0));
    const reader = await read();
    expect(streams.size).toBe(1);
    reader.leave();
    await until(() => streams.size === 0);
  });
});

describe('readers of events that stop reading or disconnect abruptly', () => {
  const REQUEST = 'GET /discovery/events HTTP/1.1\r\nhost: localhost\r\n\r\n';
  let gateway: GatewayUnderTest;
  let streams: EventStreams;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    streams = gateway.app.nest.get(EventStreams, { strict: false });
  });
  afterAll(() => gateway.stop());

  /** A reader that sends requests and does not read the response. */
  const stuck = (requests = 1): Socket => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').pause();
    socket.on('error', () => undefined).write(REQUEST.repeat(requests));
    return socket;
  };
  // An event contains its reason: a long one fills the buffers of a connection within a few hundred events.
  const happen = async (times: number): Promise<void> => {
    const store = gateway.app.nest.get(RegistryStore, { strict: false });
    const reason = 'x'.repeat(10_000);
    for (let i = 0; i < times; i += 1)
      await store.put(newInstanceFrom({ name: 'users', url }, 'noisy', url), reason);
  };

  it('use little memory while they do not read, and none after they reset the connection', async () => {
    const [reader, ...broken] = [await SseReader.open(`${gateway.url}/discovery/events`), stuck(), stuck()];
    await until(() => streams.size === 3);
    const waiting = (): number[] =>
      [...gateway.connections].map((socket) => socket.writableLength).sort((a, b) => a - b);
    await happen(1500);
    await until(() => reader.events.length === 1500);
    // 15 MB of events were emitted; each reader buffers at most one batch here, beside the system's buffers.
    expect(Math.max(...waiting())).toBeLessThan(2_000_000);
    for (const socket of broken) socket.resetAndDestroy();
    await happen(50);
    await until(() => streams.size === 1 && reader.events.length === 1550);
    reader.leave();
    await until(() => streams.size === 0);
    expect((await gateway.get('/health/live')).status).toBe(200);
  });

  it('are released even if their pipelined request was not processed yet', async () => {
    const pipelining = stuck(3);
    await until(() => streams.size === 3);
    await happen(1);
    pipelining.resetAndDestroy();
    await until(() => streams.size === 0);
  });
});

describe('a gateway during shutdown', () => {
  it('ends its event streams, including those of blocked readers, and closes', async () => {
    const gateway = await GatewayUnderTest.start();
    const reader = await SseReader.open(`${gateway.url}/discovery/events`);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET /discovery/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const streams = gateway.app.nest.get(EventStreams, { strict: false });
    await until(() => streams.size === 2);
    await gateway.stop();
    await until(() => reader.isEnded);
    socket.destroy();
  });
});
