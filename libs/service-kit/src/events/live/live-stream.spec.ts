import type { CloudEvent } from '#contracts';
import { SlowReader, waitFor } from '#testing';
import { LiveStream } from './live-stream.js';

const eventAt = (sequence: number): CloudEvent => ({ sequence: String(sequence) }) as CloudEvent;

/** The stream of a reader that knows the events up to 5, of 5. */
function streamOf() {
  const reader = new SlowReader();
  const store = { isAway: false, last: 5, position: 5 };
  const source = {
    tail: store,
    maxMissedEvents: 10,
    retryMs: () => 2000,
    blockOf: ({ sequence }: CloudEvent) => `event ${sequence}\n\n`,
    rows: {
      reaches: (sequence: number) => Promise.resolve(sequence > 0),
      after: (sequence: number) =>
        store.isAway
          ? Promise.reject(new Error('away'))
          : Promise.resolve(
              Array.from({ length: store.last - sequence }, (_, i) => eventAt(sequence + 1 + i)),
            ),
    },
  };
  const stream = new LiveStream(reader.response, source, () => true);
  const happen = () => {
    store.last += 1;
    store.position = store.last;
    stream.receive([eventAt(store.last)]);
  };
  return { reader, store, stream, happen };
}

const settled = (reader: SlowReader, block: string) => waitFor(block, () => reader.blocks.at(-1) === block);

describe('a live stream', () => {
  it('is not written to before it begins, nor after its end', () => {
    const { reader, stream, happen } = streamOf();
    happen();
    stream.sendKeepAlive();
    stream.end();
    expect([reader.blocks, reader.isEnded]).toEqual([[], false]);
    stream.begin({}, undefined);
    stream.end();
    const { length } = reader.blocks;
    happen();
    stream.sendKeepAlive();
    expect([reader.blocks.length, reader.isEnded]).toEqual([length, true]);
  });

  it('begins at the position of its reader, whatever was received before', async () => {
    const { reader, stream, happen } = streamOf();
    happen();
    await new Promise(setImmediate);
    stream.begin({}, 3);
    await settled(reader, 'event 6');
    expect(reader.blocks.slice(1)).toEqual(['event 4', 'event 5', 'event 6']);
  });

  it('skips events that its reader has from a process that is ahead', async () => {
    const { reader, store, stream } = streamOf();
    store.position = 3;
    stream.begin({}, 5);
    await new Promise(setImmediate);
    stream.receive([4, 5, 6].map(eventAt));
    expect(reader.blocks.slice(1)).toEqual(['event 6']);
  });

  it('writes nothing while the reader does not read, and reads what it missed from the store', async () => {
    const { reader, stream, happen } = streamOf();
    stream.begin({}, undefined);
    reader.isReading = false;
    for (let i = 0; i < 3; i += 1) happen();
    expect(reader.blocks.slice(2)).toEqual(['event 6']);
    reader.readAll();
    await settled(reader, 'event 8');
    expect(reader.blocks.slice(2)).toEqual(['event 6', 'event 7', 'event 8']);
  });

  it('sends each event once, although it is read from the store and received', async () => {
    const { reader, stream, happen } = streamOf();
    stream.begin({}, 3);
    happen();
    await settled(reader, 'event 6');
    happen();
    expect(reader.blocks.slice(1)).toEqual(['event 4', 'event 5', 'event 6', 'event 7']);
  });

  it('tells the reader with each keep-alive comment up to where it knows the events', () => {
    const { reader, stream, happen } = streamOf();
    stream.begin({}, undefined);
    happen();
    stream.sendKeepAlive();
    expect(reader.blocks.at(-1)).toBe(': keep-alive\nid: 6');
  });

  it('disconnects a reader that accepts nothing for a minute', () => {
    const { reader, stream } = streamOf();
    reader.isReading = false;
    stream.begin({}, undefined);
    for (let i = 0; i < 3; i += 1) stream.sendKeepAlive();
    expect(reader.isDestroyed).toBe(false);
    stream.sendKeepAlive();
    expect(reader.isDestroyed).toBe(true);
  });

  it('sends what was missed when the store is available again', async () => {
    const { reader, store, stream, happen } = streamOf();
    store.isAway = true;
    stream.begin({}, 4);
    happen();
    await new Promise(setImmediate);
    store.isAway = false;
    stream.sendKeepAlive();
    await settled(reader, 'event 6');
    expect(reader.blocks.slice(1)).toEqual([': keep-alive\nid: 4', 'event 5', 'event 6']);
  });
});
