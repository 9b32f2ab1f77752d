import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import { FrontServer } from './front-server.js';

const COUNT = 50;

describe('Simultaneous requests to the gateway itself', () => {
  let server: Server;
  let begun: IncomingMessage[];
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  beforeEach(async () => {
    begun = [];
    server = new FrontServer().factory((request, response) => {
      begun.push(request);
      handle(request, response);
    }, {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Connects many clients whose requests are read in one turn of the event loop. */
  async function send(): Promise<readonly Socket[]> {
    const { port } = server.address() as AddressInfo;
    const clients = Array.from({ length: COUNT }, () => connect(port, '127.0.0.1'));
    await Promise.all(clients.map((client) => once(client, 'connect')));
    await sleep(50);
    for (const client of clients)
      client.write('GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    return clients;
  }

  it('start a few per turn of the event loop, so that other work continues, and all get a response', async () => {
    const turns: number[] = [];
    let left = 0;
    const count = () => {
      turns.push(begun.length);
      if (left > 0) setImmediate(count);
    };
    handle = (_request, response) => {
      if (left === 0) setImmediate(count);
      left = COUNT - begun.length;
      response.end('ok');
    };
    const responses = await Promise.all((await send()).map((client) => text(client)));
    expect(responses.filter((answer) => answer.startsWith('HTTP/1.1 200 '))).toHaveLength(COUNT);
    expect(begun).toHaveLength(COUNT);
    const steps = turns.map((total, i) => total - (turns[i - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(16);
  });

  it('do not accumulate when one client pipelines many', async () => {
    let read = 0;
    server.on('request', () => (read += 1));
    handle = (_request, response) => void response.end('ok');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    client.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(20_000));
    await waitFor('more than a few requests', () => read > COUNT);
    client.destroy();
    expect(begun.length).toBe(read);
  });

  it('start in the order in which a client sent them', async () => {
    handle = (_request, response) => void response.end('ok');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const paths = Array.from({ length: COUNT }, (_, i) => `/${i}`);
    client.end(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
    expect((await text(client)).split('HTTP/1.1 200 ')).toHaveLength(COUNT + 1);
    expect(begun.map(({ url }) => url)).toEqual(paths);
  });

  it('get a response after the client has half-closed, however many are ahead of them', async () => {
    handle = (_request, response) => {
      for (const until = performance.now() + 20; performance.now() < until;);
      response.end('ok');
    };
    const clients = await send();
    for (const client of clients) client.end();
    const responses = await Promise.all(clients.map((client) => text(client).catch(() => '')));
    expect(responses.filter((answer) => answer.startsWith('HTTP/1.1 200 '))).toHaveLength(COUNT);
  });

  it('do not start after their client has disconnected', async () => {
    const connections: Socket[] = [];
    server.on('connection', (socket: Socket) => connections.push(socket));
    handle = () => {
      setImmediate(() => connections.forEach((socket) => socket.destroy()));
    };
    const clients = await send();
    await Promise.all(clients.map((client) => text(client).catch(() => '')));
    await sleep(50);
    expect(begun.length).toBeLessThan(COUNT / 2);
  });
});
