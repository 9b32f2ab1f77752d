import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { DashboardState, DiscoveryEvent } from '#contracts';
import { ROOT } from '#testing';
import { PAGE_POLICY } from '../../../apps/gateway/src/dashboard/root.controller.js';
import { sampleResources } from './sample-resources.js';
import { sampleHistory } from './sample-state.js';

const PAGE = join(ROOT, 'dist/apps/gateway/page');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/**
 * Serves the built page and a state that the suite decides: conditions that a real gateway reaches only after minutes, or
 * an hour of patches in a second. It refuses writes without the token `secret`.
 */
export class ScriptedGateway {
  /** Writes that it accepted, as `METHOD PATH BODY`. */
  readonly writes: string[] = [];
  /** Paths that pages requested. */
  readonly requests: string[] = [];
  private isRefusing = false;
  private readonly readers = new Set<ServerResponse>();
  private readonly eventReaders = new Set<ServerResponse>();
  private readonly resources = sampleResources();
  private readonly server: Server = createServer((request, response) => this.respond(request, response));

  constructor(private state: DashboardState) {}

  async start(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Ends the streams of all pages, and the server. */
  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Ends the streams, and refuses new ones with 503 until `isRefusing` is false. */
  refuseStreams(isRefusing: boolean): void {
    this.isRefusing = isRefusing;
    if (isRefusing) for (const reader of this.readers) reader.end();
  }

  /** Shows another state to all pages. */
  show(state: DashboardState): void {
    this.state = state;
    this.send('state', state);
  }

  /** Sends a merge patch to all pages. */
  patch(patch: object): void {
    this.send('patch', patch);
  }

  /** Sends an event of the registry to all pages that show the journal. */
  sendEvent(event: DiscoveryEvent): void {
    for (const reader of this.eventReaders)
      reader.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  get readerCount(): number {
    return this.readers.size;
  }

  private send(event: string, data: object): void {
    for (const reader of this.readers) reader.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private respond(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://gateway');
    this.requests.push(pathname);
    if (request.method !== 'GET') this.write(request, response, pathname);
    else if (pathname === '/dashboard/stream' && this.isRefusing) json(response, 503, { status: 503 });
    else if (pathname === '/dashboard/stream')
      this.stream(response, this.readers, `event: state\ndata: ${JSON.stringify(this.state)}\n\n`);
    else if (request.headers.accept === 'text/event-stream')
      this.stream(response, this.eventReaders, ':\n\n');
    else if (pathname === '/dashboard/history') json(response, 200, sampleHistory());
    else if (this.resources.has(pathname)) json(response, 200, this.resources.get(pathname)!);
    else this.file(response, pathname === '/' ? 'index.html' : pathname.replace('/dashboard/', ''));
  }

  private stream(response: ServerResponse, readers: Set<ServerResponse>, first: string): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(first);
    readers.add(response);
    response.once('close', () => readers.delete(response));
  }

  private write(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (request.headers.authorization !== 'Bearer secret') {
      const detail = 'The registry token is missing or wrong.';
      json(response, 401, { title: 'Unauthorized', status: 401, detail });
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      this.writes.push(`${request.method} ${path} ${body}`.trim());
      json(response, 200, {});
    });
  }

  private file(response: ServerResponse, name: string): void {
    const path = join(PAGE, name);
    if (!existsSync(path)) {
      json(response, 404, { title: 'Not Found', status: 404, detail: `No ${name}` });
      return;
    }
    const headers = { 'content-type': TYPES[extname(name)], 'content-security-policy': PAGE_POLICY };
    response.writeHead(200, headers).end(readFileSync(path));
  }
}

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
