import { LONGEST, patternAt } from './pattern.mjs';

/**
 * A service for large bodies. `GET /down/n` sends n bytes of a pattern (see pattern.mjs) as fast as the client
 * reads them, `POST /up` counts the received bytes, `POST /hold` reads nothing before `POST /release`; `GET /state`
 * returns the total bytes sent and received.
 */
const held = new Set();
let sent = 0;
let received = 0;

function send(response, bytes) {
  response.writeHead(200, { 'content-length': bytes });
  let left = bytes;
  const write = () => {
    while (left > 0) {
      const chunk = patternAt(bytes - left, Math.min(left, LONGEST));
      left -= chunk.length;
      sent += chunk.length;
      if (!response.write(chunk)) return response.once('drain', write);
    }
    response.end();
  };
  write();
}

function count(request, response) {
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    received += chunk.length;
  });
  request.on('end', () => response.end(String(bytes)));
}

function hold(request, response) {
  const release = () => count(request, response);
  held.add(release);
  request.once('close', () => held.delete(release));
}

function release(response) {
  for (const each of held) each();
  held.clear();
  response.end();
}

/** Handles every request to the service. */
export function handle(request, response) {
  const [, action, bytes] = request.url.split('/');
  if (action === 'down') send(response, Number(bytes));
  else if (action === 'up') count(request, response);
  else if (action === 'hold') hold(request, response);
  else if (action === 'release') release(response);
  else response.end(JSON.stringify({ sent, received }));
}
