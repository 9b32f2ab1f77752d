import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { spansIn, type ReceivedSpan } from './otlp-spans.js';

/** A request that a collector received. */
export interface ReceivedExport {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Without its compression. */
  readonly body: Buffer;
}

/** An OTLP/HTTP collector that keeps what it receives. */
export interface TestCollector {
  readonly url: string;
  readonly exports: readonly ReceivedExport[];
  /** The spans of the exports in protobuf. */
  readonly spans: readonly ReceivedSpan[];
  stop(): void;
}

const accept = (response: ServerResponse): void => void response.end();

/** @param respond sends the response to an export; by default 200 */
export async function startCollector(respond = accept): Promise<TestCollector> {
  const exports: ReceivedExport[] = [];
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const { headers, url = '' } = request;
      const sent = Buffer.concat(chunks);
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      exports.push({ url, headers, body });
      if (headers['content-type'] === 'application/x-protobuf') spans.push(...spansIn(body));
      respond(response);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    spans,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
