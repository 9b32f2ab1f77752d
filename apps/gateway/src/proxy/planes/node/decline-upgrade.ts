import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { PromptServer } from '../listener/prompt-server.js';

const UPGRADE_FIELDS = new Set(['upgrade', 'http2-settings']);

/**
 * A server may ignore an upgrade request (RFC 9110, section 7.8), but node:http cannot resume HTTP after the
 * `upgrade` event. The head is therefore rewritten without the upgrade fields, and the connection starts again with
 * it. Clients that offer `h2c` with their first request (Java, .NET, curl --http2) thus get an ordinary response.
 */
export function declineUpgrade(
  server: PromptServer,
  request: IncomingMessage,
  socket: Socket,
  rest: Buffer,
): void {
  const head = Buffer.from(headWithoutUpgrade(request), 'latin1');
  socket.unshift(Buffer.concat([head, rest]));
  server.serve(socket);
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let head = `${method ?? ''} ${url ?? ''} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    if (!UPGRADE_FIELDS.has(name.toLowerCase())) head += `${name}: ${withoutWish(name, value)}\r\n`;
  }
  return `${head}\r\n`;
}

/** Keeps the other options of `Connection`: `close`, and names of connection-specific fields. */
function withoutWish(name: string, value: string): string {
  if (name.toLowerCase() !== 'connection') return value;
  return value
    .split(',')
    .filter((option) => !UPGRADE_FIELDS.has(option.trim().toLowerCase()))
    .join(',');
}
