import { startSystem, tempDir, type Mount, type RunningSystem } from '#testing';

const MOUNTS: readonly Mount[] = ['monolith', 'split'];
const VARYING = ['connection', 'date', 'keep-alive', 'transfer-encoding', 'x-request-id'];
const STREAMS = ['/discovery/events', '/dashboard/stream', '/api/order-service/orders/stream'];

describe.each(MOUNTS)('streams of server-sent events in the %s', (mount) => {
  const folder = tempDir('event-streams-');
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: folder.path });
  });
  afterAll(async () => {
    await system.process.stop();
    folder.remove();
  });

  /** The fields of a response, without those of its connection and those that differ from one to the next. */
  async function fieldsOf(method: string, path: string) {
    const ended = new AbortController();
    const response = await fetch(system.url + path, { method, signal: ended.signal });
    ended.abort();
    const fields = [...response.headers].filter(([name]) => !VARYING.includes(name));
    return { status: response.status, ...Object.fromEntries(fields) };
  }

  it.each(STREAMS)('have the fields of GET in a response to HEAD of %s', async (path) => {
    const head = await fieldsOf('HEAD', path);
    expect(head).toEqual(await fieldsOf('GET', path));
    expect(head).toMatchObject({
      status: 200,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(head).not.toHaveProperty('content-length');
  });
});
