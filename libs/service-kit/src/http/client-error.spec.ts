import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { waitFor } from '#testing';
import { respondToClientError } from './client-error.js';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

let server: Server;
let socket: Socket;
let received: string;
let isEnded: boolean;
let responses: ServerResponse[];

beforeEach(async () => {
  responses = [];
  server = createServer((_request, response) => responses.push(response));
  server.on('clientError', respondToClientError);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  received = '';
  isEnded = false;
  socket.on('data', (text: string) => (received += text)).on('end', () => (isEnded = true));
});
afterEach(() => {
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

const requests = (count: number): Promise<unknown> =>
  waitFor(`${count} requests`, () => responses.length === count);
const end = (): Promise<unknown> => waitFor('the connection to close', () => isEnded);
const statuses = (): string[] => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);

describe('a malformed request', () => {
  it('gets a response, and the connection closes', async () => {
    socket.write('no request\r\n\r\n');
    await end();
    expect(received).toMatch(/^HTTP\/1\.1 400 [^]*"type":"urn:msa-gateway:problem:malformed-request"/);
  });

  it('gets its response after those of all earlier requests', async () => {
    socket.write(`${GET}${GET}no request\r\n\r\n`);
    await requests(2);
    responses[1]!.end('second');
    responses[0]!.write('fir');
    await waitFor('the start of the first response', () => received.includes('fir'));
    socket.write('nor is this');
    responses[0]!.end('st');
    await end();
    expect(statuses()).toEqual(['200', '200', '400']);
    expect(received).toMatch(
      /3\r\nfir\r\n2\r\nst\r\n0\r\n\r\nHTTP\/1\.1 200 [^]*second[^]*malformed-request/,
    );
  });

  it('gets its response at once when it is in a body that the service waits for', async () => {
    socket.write(`${POST}no chunk\r\n`);
    await end();
    expect(statuses()).toEqual(['400']);
  });

  it('ends a response in progress when its request body is malformed', async () => {
    socket.write(POST);
    await requests(1);
    responses[0]!.write('begun');
    await waitFor('the start of the response', () => received.includes('begun'));
    socket.write('no chunk\r\n');
    await end();
    expect(statuses()).toEqual(['200']);
    expect(received).not.toContain('\r\n0\r\n\r\n');
  });

  it('gets no response when the previous one closes the connection', async () => {
    socket.write(`${GET}no request\r\n\r\n`);
    await requests(1);
    responses[0]!.setHeader('connection', 'close').end('last');
    await end();
    expect(statuses()).toEqual(['200']);
  });

  it('is dropped when the client disconnects', async () => {
    socket.write(`${GET}no request\r\n\r\n`);
    await requests(1);
    socket.resetAndDestroy();
    await once(responses[0]!, 'close');
    expect(responses[0]!.writableFinished).toBe(false);
  });
});
