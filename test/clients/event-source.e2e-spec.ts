import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { EventSource } from 'undici';
import { waitFor } from '#testing';
import { onEveryKind } from '../conformance/support/harness.js';

onEveryKind('EventSource', (harness) => {
  let source: EventSource | undefined;
  let streams: ServerResponse[];
  let lastIds: (string | undefined)[];
  beforeEach(() => {
    streams = [];
    lastIds = [];
    harness().service.handler = ({ headers }, response) => {
      lastIds.push(headers['last-event-id'] as string | undefined);
      streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1\n\n');
    };
  });
  afterEach(() => source?.close());

  function listen(...types: string[]): MessageEvent[] {
    const events: MessageEvent[] = [];
    source = new EventSource(`${harness().url}/events`);
    for (const type of types) source.addEventListener(type, (event) => events.push(event as MessageEvent));
    return events;
  }
  const connected = (count: number): Promise<unknown> =>
    waitFor(`connection ${count}`, () => streams.length === count);

  it('receives events of every type as they are sent', async () => {
    const events = listen('message', 'order');
    await connected(1);
    for (const [i, text] of ['data: one', 'event: order\ndata: two\ndata: lines', 'data: äöü'].entries()) {
      streams[0]!.write(`${text}\n\n`);
      await waitFor(`event ${i}`, () => events.length === i + 1);
    }
    expect(events.map(({ type, data }) => [type, data as string])).toEqual([
      ['message', 'one'],
      ['order', 'two\nlines'],
      ['message', 'äöü'],
    ]);
  });

  it.each([
    ['ends', (stream: ServerResponse): unknown => stream.end()],
    ['breaks off', (stream: ServerResponse): unknown => stream.destroy()],
  ])('resumes after the last received event when the stream %s', async (_how, finish) => {
    const events = listen('message');
    await connected(1);
    streams[0]!.write('id: 41\ndata: before\n\n');
    await waitFor('the first event', () => events.length === 1);
    finish(streams[0]!);
    await connected(2);
    streams[1]!.write('id: 42\ndata: after\n\n');
    await waitFor('the second event', () => events.length === 2);
    expect(lastIds).toEqual([undefined, '41']);
    expect(events.map(({ data, lastEventId }) => [data as string, lastEventId])).toEqual([
      ['before', '41'],
      ['after', '42'],
    ]);
  });

  it('stops reconnecting when the service responds 204', async () => {
    listen();
    await connected(1);
    harness().service.handler = (_request, response) => response.writeHead(204).end();
    streams[0]!.end();
    await waitFor('the client to stop reconnecting', () => source!.readyState === EventSource.CLOSED);
  });

  it('closes the connection to the service when it closes', async () => {
    listen();
    await connected(1);
    const closed = once(streams[0]!, 'close');
    source!.close();
    await closed;
  });

  it('receives events that arrive byte by byte', async () => {
    const events = listen('message');
    await connected(1);
    for (const byte of 'id: 7\ndata: slow\n\n') streams[0]!.write(byte);
    await waitFor('the event', () => events.length === 1);
    expect([events[0]!.data, events[0]!.lastEventId]).toEqual(['slow', '7']);
  });
});
