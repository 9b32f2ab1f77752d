import { execFileSync, spawn } from 'node:child_process';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A git request as the instance received it. */
export interface GitRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/**
 * Serves the repositories below `root` over git's smart HTTP protocol with `git http-backend`, a CGI program (RFC
 * 3875). Adds every request to `seen`.
 */
export function gitBackend(root: string, received: GitRequest[]): RequestListener {
  return (request, response) => {
    received.push({ path: request.url!, headers: request.headers });
    const backend = spawn(backendPath(), [], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, ...variablesOf(root, request) },
    });
    request.pipe(backend.stdin).on('error', () => undefined);
    forwardResponse(backend.stdout, response);
  };
}

const backendPath = (): string =>
  join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');

function variablesOf(root: string, { url, method, headers }: IncomingMessage): Record<string, string> {
  const { pathname, search } = new URL(url!, 'http://localhost');
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REMOTE_USER: 'ann',
    REQUEST_METHOD: method!,
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Without a length the program reads to the end of its input, so a chunked body works.
    ...(headers['content-length'] && { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(headers['git-protocol'] && { GIT_PROTOCOL: headers['git-protocol'] as string }),
  };
}

/** Forwards a CGI response: fields (one may be the status), an empty line, the body. */
function forwardResponse(output: Readable, response: ServerResponse): void {
  let start = Buffer.alloc(0);
  const readHead = (chunk: Buffer): void => {
    start = Buffer.concat([start, chunk]);
    const end = start.indexOf('\r\n\r\n');
    if (end === -1) return;
    output.off('data', readHead);
    for (const line of start.toString('latin1', 0, end).split('\r\n')) setField(response, line);
    response.write(start.subarray(end + 4));
    output.pipe(response);
  };
  output.on('data', readHead);
}

function setField(response: ServerResponse, line: string): void {
  const [name = '', value = ''] = line.split(/: */, 2);
  if (name === 'Status') response.statusCode = parseInt(value, 10);
  else response.setHeader(name, value);
}
