import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { DashboardState } from '#contracts';
import { SseReader } from '#testing';
import { until } from '../../discovery/testing/gateway-under-test.js';
import { DashboardStreams } from './dashboard-streams.js';

const MAX_STREAMS = 3;

const stateWith = (fields: object): DashboardState => ({ at: 0, ...fields }) as never;

describe('DashboardStreams', () => {
  let server: Server;
  let url: string;
  let streams: DashboardStreams;
  let state: DashboardState;
  let refused: number;
  const readers: SseReader[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    refused = 0;
    state = stateWith({ number: 0 });
    streams = new DashboardStreams(() => state, MAX_STREAMS);
    server = createServer((_request, response) => open(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    readers.splice(0).forEach((reader) => reader.leave());
    sockets.splice(0).forEach((socket) => socket.destroy());
    server.close();
    server.closeAllConnections();
  });

  const open = (response: ServerResponse): void => {
    const reply = { raw: response, hijack: () => reply, getHeaders: () => ({}) };
    try {
      streams.open(reply as unknown as FastifyReply);
    } catch {
      refused += 1;
      response.writeHead(503).end();
    }
  };
  const read = async (): Promise<SseReader> => {
    const reader = await SseReader.open(url);
    readers.push(reader);
    return reader;
  };
  const publish = (fields: object): void => streams.publish((state = stateWith(fields)));
  const seen = ({ events }: SseReader) => events.map(({ event, data }) => [event, data]);

  it('sends the state once, then what changes, and nothing if nothing does', async () => {
    const first = await read();
    publish({ number: 1 });
    publish({ number: 1 });
    const second = await read();
    publish({ number: 2, more: { a: 1 } });
    await until(() => first.events.length === 3 && second.events.length === 2);
    expect(seen(first)).toEqual([
      ['state', { at: 0, number: 0 }],
      ['patch', { number: 1 }],
      ['patch', { number: 2, more: { a: 1 } }],
    ]);
    expect(seen(second)).toEqual([
      ['state', { at: 0, number: 1 }],
      ['patch', { number: 2, more: { a: 1 } }],
    ]);
  });

  it('buffers nothing for a slow reader, which gets the whole state when it reads again', async () => {
    const fast = await read();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    sockets.push(socket);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.pause();
    await until(() => streams.size === 2);
    const filler = 'x'.repeat(512 * 1024);
    let number = 0;
    // More than the buffers of both ends hold; fewer updates than a reader may miss.
    for (; number < 30; number += 1) {
      publish({ number, filler: `${number}${filler}` });
      await new Promise(setImmediate);
    }
    await until(() => fast.events.length === number + 1);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.resume();
    const hasLatest = (): boolean => text.includes(`event: patch\ndata: {"number":${number}}\n\n`);
    await until(() => {
      if (hasLatest()) return true;
      publish({ number: (number += 1) });
      return false;
    });
    const events = [...text.matchAll(/^event: (\w+)$/gm)].map(([, event]) => event);
    const last = events.lastIndexOf('state');
    expect(last).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(fast.events.length);
    expect(events.slice(last + 1).every((event) => event === 'patch')).toBe(true);
  });

  it('disconnects a reader that accepts nothing for a minute of updates', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    sockets.push(socket);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.pause();
    await until(() => streams.size === 1);
    const filler = 'x'.repeat(256 * 1024);
    for (let number = 0; number < 200 && streams.size > 0; number += 1) {
      publish({ number, filler: `${number}${filler}` });
      await new Promise(setImmediate);
    }
    await until(() => streams.size === 0);
  });

  it('refuses readers beyond its limit, and accepts one when another has left', async () => {
    const [first] = await Promise.all(Array.from({ length: MAX_STREAMS }, read));
    expect((await read()).response.statusCode).toBe(503);
    expect(refused).toBe(1);
    first?.leave();
    await until(() => streams.size === MAX_STREAMS - 1);
    expect((await read()).response.statusCode).toBe(200);
  });

  it('ends all streams at shutdown, and opens none afterwards', async () => {
    const reader = await read();
    streams.close();
    await until(() => reader.isEnded);
    expect((await read()).response.statusCode).toBe(503);
  });
});
