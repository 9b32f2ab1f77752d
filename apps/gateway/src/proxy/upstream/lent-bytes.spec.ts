import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { TimerWheel } from '../sockets/timer-wheel.js';
import { originOf } from './origin.js';
import type { MovableSink } from './upstream-connection.js';
import { UpstreamPool } from './upstream-pool.js';

/** Sizes below, at and above the thresholds at which a connection changes its buffer. */
const PIECES = [1, 700, 9_000, 16_383, 16_384, 20_000, 64 * 1024, 64 * 1024 + 1, 200_000, 3];
const LENGTH = PIECES.reduce((sum, length) => sum + length, 0);

const PERIOD = 251;
const PATTERN = Buffer.from(Array.from({ length: LENGTH + PERIOD }, (_, i) => i % PERIOD));

/** A periodic body with a different offset for each letter. */
const bodyOf = (letter: string): Buffer => {
  const start = (letter.charCodeAt(0) * 7) % PERIOD;
  return PATTERN.subarray(start, start + LENGTH);
};

/** Responds to `/x` with the body of the letter `x`, piece by piece. */
async function response(socket: Socket): Promise<void> {
  const [request] = (await once(socket, 'data')) as [Buffer];
  const letter = request.toString('latin1', 5, 6);
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${LENGTH}\r\n\r\n`);
  const body = bodyOf(letter);
  let from = 0;
  for (const length of PIECES) {
    socket.write(body.subarray(from, (from += length)));
    await turn();
  }
}

const nothing = (): void => undefined;

/** Pauses the connection after every third piece, and keeps references to all bytes or to none. */
class GatheringSink implements MovableSink {
  readonly method = 'GET';
  readonly protocol = undefined;
  readonly connectMs = 60_000;
  readonly responseHeaderMs = 60_000;
  readonly idleMs = 60_000;
  readonly pieces: Buffer[] = [];
  readonly whole: Promise<Buffer[]>;
  onEnd: () => void = () => undefined;

  constructor(
    readonly wantsPayload: boolean,
    readonly retainsBytes: boolean,
    private readonly stop: () => void,
  ) {
    this.whole = new Promise((resolve) => (this.onEnd = () => resolve(this.pieces)));
  }

  retains(): boolean {
    return this.retainsBytes;
  }
  onBody(bytes: Buffer): void {
    this.pieces.push(this.retainsBytes ? bytes : Buffer.from(bytes));
    if (this.pieces.length % 3 === 0) this.stop();
  }
  readonly onHead = nothing;
  readonly onConnect = nothing;
  readonly onMove = nothing;
  readonly onInterim = nothing;
  readonly onPause = nothing;
  readonly onTunnel = nothing;
  readonly onDrain = nothing;
  readonly onCut = nothing;
  onFailure(): void {
    this.onEnd();
  }
  onBroken(): void {
    this.onEnd();
  }
}

describe('bytes from the read buffer of a connection', () => {
  let server: Server;
  let wheel: TimerWheel;
  let pool: UpstreamPool;

  beforeEach(async () => {
    server = createServer((socket) => void response(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    wheel = new TimerWheel();
    const { port } = server.address() as AddressInfo;
    pool = new UpstreamPool(originOf(`http://127.0.0.1:${port}`), {}, wheel);
  });
  afterEach(async () => {
    await pool.close();
    wheel.stop();
    server.close();
  });

  const ask = (letter: string, takesPayload: boolean, holds: boolean): Promise<Buffer[]> => {
    const connection = pool.connect();
    const sink = new GatheringSink(takesPayload, holds, () => {
      connection.pause();
      setImmediate(() => connection.resume());
    });
    connection.send(sink, `GET /${letter} HTTP/1.1\r\nhost: a\r\n\r\n`, undefined, true);
    return sink.whole;
  };

  it.each([
    ['with framing by a sink that keeps them', false, true],
    ['as payload by a sink that keeps them', true, true],
    ['with framing by a sink that keeps none', false, false],
    ['as payload by a sink that keeps none', true, false],
  ])('are not overwritten when taken %s', async (_how, takesPayload, holds) => {
    const letters = 'abcdefghijklmnop'.split('');
    const wave = () => Promise.all(letters.map((letter) => ask(letter, takesPayload, holds)));
    // Checked after later reads have reused the same buffers.
    const responses = [...(await wave()), ...(await wave())];
    for (const [i, pieces] of responses.entries()) {
      expect(Buffer.concat(pieces).equals(bodyOf(letters[i % letters.length]!))).toBe(true);
    }
  });
});
