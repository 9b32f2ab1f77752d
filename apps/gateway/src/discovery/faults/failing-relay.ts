import { createServer, request as requestPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { pinnedTarget } from '../model/pinned-target.js';
import { listenOnLoopback, type Relay } from './relay.js';

/** How requests fail. */
export interface Failures {
  /** Share of the requests that fail, 0 to 100. */
  readonly percent: number;
  readonly status: number;
}

/** Responds with an error to a share of the requests, and passes the others to an instance. Speaks HTTP without TLS. */
export async function openFailingRelay(endpoint: string, { percent, status }: Failures): Promise<Relay> {
  const server = createServer((request, response) => {
    if (Math.random() * 100 < percent) fail(request, response, status);
    else forward(request, response, endpoint);
  });
  // The gateway closes idle connections. If both did, a request could meet a connection that is closing.
  server.keepAliveTimeout = 0;
  return { port: await listenOnLoopback(server), end: () => server.close() };
}

function fail(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'text/plain' }).end('fault injected by a drill\n');
}

function forward(request: IncomingMessage, response: ServerResponse, endpoint: string): void {
  const { origin, authority } = pinnedTarget({ endpoint });
  const { hostname } = new URL(`http://${authority}`);
  const send = origin.startsWith('https:') ? requestTls : requestPlain;
  const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
  const options = { method: request.method, path: request.url, headers: request.rawHeaders, servername };
  const upstream = send(origin, options, (received) => {
    response.writeHead(received.statusCode ?? 502, received.statusMessage, received.rawHeaders);
    pipeline(received, response, () => undefined);
  });
  upstream.on('error', () => response.destroy());
  pipeline(request, upstream, () => undefined);
}
