import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { RedisStreamTransport } from '#service-kit';
import {
  launchNode,
  onPrograms,
  startRedis,
  tempDir,
  waitFor,
  type LaunchedProcess,
  type TestRedis,
} from '#testing';
import { EventOutbox, sequencesBySubject } from './support/event-outbox.js';

const PREFIX = 'versions-test';
const CHANGED = 'test.thing.changed.v1';
const ADDED = 'test.thing.added.v1';
const HANDLERS = `{${PREFIX}}:events-handlers:names`;
const SUBJECTS = 10;
const OLD = [CHANGED];
const NEW = [CHANGED, ADDED];

const log = () => undefined;

onPrograms(['redis-server'], 'events of a service during a rolling upgrade', () => {
  const folder = tempDir('versions-');
  const file = join(folder.path, 'handled');
  const processes: LaunchedProcess[] = [];
  let transport: RedisStreamTransport;
  let outbox: EventOutbox;
  let load: NodeJS.Timeout;
  let server: TestRedis;
  let redis: Redis;

  beforeAll(async () => {
    writeFileSync(file, '');
    server = await startRedis();
    redis = new Redis(server.url);
    transport = RedisStreamTransport.open(
      { url: server.url, prefix: PREFIX },
      { info: log, warn: log, error: log },
    );
    outbox = new EventOutbox(transport, 'thing-service', CHANGED);
  });
  afterAll(async () => {
    clearInterval(load);
    await outbox.close();
    await transport.close();
    redis.disconnect();
    await Promise.all(processes.map((process) => process.stop()));
    await server.stop();
    folder.remove();
  });

  const start = (types: readonly string[]): LaunchedProcess => {
    const args = [server.url, PREFIX, 'names', types.join(','), file];
    const process = launchNode('test/faults/support/event-consumer.mjs', args);
    processes.push(process);
    return process;
  };

  async function kill(process: LaunchedProcess): Promise<void> {
    process.signal('SIGKILL');
    await process.exited;
  }

  const handled = (): (readonly [string, string])[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as unknown as readonly [string, string]);

  /** Waits until an event is handled that is added from now on. */
  const untilHandling = () => {
    const since = Date.now() * 1000;
    return waitFor('new events to be handled', () =>
      handled().some(([, sequence]) => Number(sequence) >= since),
    );
  };

  /** Adds events of both types. */
  const addEvents = (): void => {
    const subject = `thing-${Math.floor(Math.random() * SUBJECTS)}`;
    outbox.add(subject, Math.random() < 0.1 ? ADDED : CHANGED);
  };

  it('are all handled, in order per subject, while processes of both versions start and are killed', async () => {
    const old = [start(OLD), start(OLD)];
    load = setInterval(() => outbox.add('thing-0'), 10);
    await untilHandling();
    const first = start(NEW);
    await waitFor('the group to know the new type', async () => (await redis.hexists(HANDLERS, ADDED)) === 1);
    clearInterval(load);
    load = setInterval(addEvents, 10);
    await untilHandling();
    await kill(first);
    old.push(start(OLD));
    start(NEW);
    await untilHandling();
    for (const process of old) {
      await kill(process);
      await untilHandling();
    }
    clearInterval(load);
    await waitFor('all events to be handled', () => {
      expect(sequencesBySubject(handled())).toEqual(outbox.bySubject);
      return true;
    });
  }, 180_000);
});
