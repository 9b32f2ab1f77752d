import { SlowReader } from '#testing';
import { MemoryStore } from '../store/memory/memory.store.js';
import { newInstanceFrom } from '../store/new-instance.js';
import { ManualClock } from '../testing/manual-clock.js';
import { EventLog } from './event-log.js';
import { EventStream } from './event-stream.js';

const CAPACITY = 5;
const url = 'http://127.0.0.1:1';

function streamOf() {
  const clock = new ManualClock();
  const store = new MemoryStore(clock, { retentionMs: 60_000 });
  const log = new EventLog(store, CAPACITY);
  const reader = new SlowReader();
  const stream = new EventStream(reader.response, log, log.newestId, {});
  const happen = async (times: number) => {
    for (let i = 0; i < times; i++)
      await store.put(newInstanceFrom({ name: 'users', url }, 'a', url), 'registered');
  };
  return { reader, stream, happen };
}

describe('EventStream', () => {
  it('writes nothing while the reader does not read, and the missed events afterwards', async () => {
    const { reader, happen } = streamOf();
    reader.isReading = false;
    await happen(CAPACITY);
    expect(reader.events).toEqual(['registered']);
    reader.readAll();
    expect(reader.events).toEqual(['registered', 'renewed', 'renewed', 'renewed', 'renewed']);
  });

  it('sends a reset to a reader that is behind the oldest stored event, then the stored events', async () => {
    const { reader, happen } = streamOf();
    reader.isReading = false;
    await happen(20);
    reader.readAll();
    expect(reader.events).toEqual(['registered', 'reset', ...Array<string>(CAPACITY).fill('renewed')]);
  });

  it('sends keep-alive comments to an active reader, and disconnects one that has stopped reading', () => {
    const { reader, stream } = streamOf();
    stream.sendKeepAlive();
    expect(reader.blocks.at(-1)).toBe(': keep-alive');
    reader.isReading = false;
    for (let i = 0; i < 4; i++) stream.sendKeepAlive();
    expect(reader.isDestroyed).toBe(false);
    stream.sendKeepAlive();
    expect(reader.isDestroyed).toBe(true);
  });

  it('ends the response of an active reader and destroys that of a blocked one', () => {
    const [one, other] = [streamOf(), streamOf()];
    one.stream.end();
    expect([one.reader.isEnded, one.reader.isDestroyed]).toEqual([true, false]);
    other.reader.isReading = false;
    other.stream.sendKeepAlive();
    other.stream.end();
    expect(other.reader.isDestroyed).toBe(true);
  });

  it('stops listening when the connection closes', async () => {
    const { reader, happen } = streamOf();
    reader.emit('close');
    await happen(1);
    expect(reader.events).toEqual([]);
  });
});
