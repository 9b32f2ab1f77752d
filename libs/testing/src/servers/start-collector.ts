import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { jsonSpansIn } from './otlp-json-spans.js';
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
  /** The spans of the exports in protobuf and in JSON. */
  readonly spans: readonly ReceivedSpan[];
  stop(): void;
}

/** By content type. */
const READERS: Readonly<Record<string, (request: Buffer) => readonly ReceivedSpan[]>> = {
  'application/x-protobuf': spansIn,
  'application/json': jsonSpansIn,
};

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
      spans.push(...(READERS[headers['content-type'] ?? '']?.(body) ?? []));
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
