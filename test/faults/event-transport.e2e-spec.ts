import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisStreamTransport } from '#service-kit';
import {
  launchNode,
  onPrograms,
  startRedis,
  startRedisCluster,
  startSentinels,
  tempDir,
  waitFor,
  type LaunchedProcess,
  type RedisGroup,
} from '#testing';
import { EventOutbox, sequencesBySubject } from './support/event-outbox.js';
import { Measurements } from './support/measurements.js';

const PREFIX = 'events-test';
const TYPE = 'test.thing.changed.v1';
const SUBJECTS = 20;
const CONSUMERS = 3;
/** The documented limit after the death of the process that handles the events of a group. */
const TAKE_OVER_MS = 5000;

const log = () => undefined;

/** A server that is replaced by an empty one at the same address when it fails. */
async function startWithoutReplica(): Promise<RedisGroup> {
  const server = await startRedis();
  let replacement: Promise<{ stop(): Promise<void> }> | undefined;
  void server.process.exited.then(() => (replacement ??= startRedis(server.port)));
  return {
    url: server.url,
    master: server.process,
    stop: async () => {
      replacement ??= Promise.resolve(server);
      await (await replacement).stop();
    },
  };
}

const KINDS: readonly (readonly [string, () => Promise<RedisGroup>])[] = [
  ['a Redis without persistence', startWithoutReplica],
  ['Sentinels', startSentinels],
  ['a Redis Cluster', () => startRedisCluster(`{${PREFIX}}`)],
];

onPrograms(['redis-server', 'redis-cli'], 'domain events of three processes in a group', () => {
  const measurements = Measurements.for('domain events while Redis and consumers are killed');

  describe.each(KINDS)('on %s', (kind, start) => {
    const folder = tempDir('events-');
    const file = join(folder.path, 'handled');
    let redis: RedisGroup;
    let transport: RedisStreamTransport;
    let outbox: EventOutbox;
    let consumers: LaunchedProcess[];
    let load: NodeJS.Timeout;

    beforeAll(async () => {
      writeFileSync(file, '');
      redis = await start();
      transport = RedisStreamTransport.open(
        { url: redis.url, prefix: PREFIX },
        { info: log, warn: log, error: log },
      );
      outbox = new EventOutbox(transport, 'thing-service', TYPE);
      consumers = Array.from({ length: CONSUMERS }, startConsumer);
      load = setInterval(() => outbox.add(`thing-${Math.floor(Math.random() * SUBJECTS)}`), 10);
    });

    afterAll(async () => {
      clearInterval(load);
      await outbox.close();
      await transport.close();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await redis.stop();
      folder.remove();
    });

    const startConsumer = (): LaunchedProcess =>
      launchNode('test/faults/support/event-consumer.mjs', [redis.url, PREFIX, 'names', TYPE, file]);

    const handled = (): (readonly [string, string])[] =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' ') as unknown as readonly [string, string]);

    /** Waits until an event is handled that is added from now on. */
    const untilHandling = () => {
      const since = Date.now() * 1000;
      return waitFor('new events to be handled', () => Number(handled().at(-1)?.[1] ?? 0) >= since);
    };

    /** The consumer that has handled the latest event, by its own output, which follows the file. */
    const untilActive = async (): Promise<number> => {
      const lastOf = ({ stdout }: LaunchedProcess) => Number(/handled (\d+)\n$/.exec(stdout)?.[1] ?? 0);
      const latest = () => Math.max(...consumers.map(lastOf));
      await waitFor('the output of a consumer', () => latest() > 0);
      return consumers.findIndex((consumer) => lastOf(consumer) === latest());
    };

    /** Kills the process that handles the events. Returns how long it takes until another one does. */
    const takeOver = async (): Promise<number> => {
      const active = await untilActive();
      consumers[active]!.signal('SIGKILL');
      await consumers[active]!.exited;
      const ms = await measurements.time(`${kind}: take-over by another process`, untilHandling);
      consumers[active] = startConsumer();
      return ms;
    };

    it('every one is handled, in order per subject, while consumers and Redis are killed', async () => {
      await untilHandling();
      let takeOverMs = await takeOver();
      // A busy machine may delay a take-over; a lease that is too long delays each one.
      for (let more = 0; more < 2 && takeOverMs >= TAKE_OVER_MS; more += 1) takeOverMs = await takeOver();
      expect(takeOverMs).toBeLessThan(TAKE_OVER_MS);

      redis.master.signal('SIGKILL');
      await redis.master.exited;
      await measurements.time(`${kind}: events go on after the loss of Redis`, untilHandling);

      clearInterval(load);
      await waitFor('all events to be handled', () => {
        expect(sequencesBySubject(handled())).toEqual(outbox.bySubject);
        return true;
      });
      measurements.recordCount(`${kind}: events`, outbox.events.length);
      measurements.recordCount(`${kind}: calls of the handler`, handled().length);
    }, 120_000);
  });
});
