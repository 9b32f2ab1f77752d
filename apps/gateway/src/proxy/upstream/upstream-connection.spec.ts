import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { waitFor } from '#testing';
import type { Failure } from '../exchange/failure.js';
import type { ResponseHead } from '../http1/head/response-head.js';
import { TimerWheel } from '../sockets/timer-wheel.js';
import { originOf } from './origin.js';
import type { MovableSink, UpstreamConnection } from './upstream-connection.js';
import { MAX_CONNECTING, UpstreamPool } from './upstream-pool.js';

/** Records its calls in order. */
class NotingSink implements MovableSink {
  readonly recorded: string[] = [];
  readonly wantsPayload = true;
  readonly retainsBytes = false;
  connectMs = 60_000;
  responseHeaderMs = 60_000;
  idleMs = 60_000;
  tunnel: { socket: Duplex; first: string } | undefined;

  constructor(
    readonly method: string,
    readonly protocol: string | undefined,
  ) {}

  retains(): boolean {
    return false;
  }
  onMove(): void {
    this.recorded.push('move');
  }
  onConnect(): void {
    this.recorded.push('connect');
  }
  onInterim({ status }: ResponseHead): void {
    this.recorded.push(`interim ${status}`);
  }
  onHead({ status }: ResponseHead): void {
    this.recorded.push(`head ${status}`);
  }
  onBody(bytes: Buffer): void {
    this.recorded.push(`body ${bytes.toString()}`);
  }
  onEnd(): void {
    this.recorded.push('end');
  }
  onCut(tail: string | undefined): void {
    this.recorded.push(`cut ${JSON.stringify(tail)}`);
  }
  onTunnel({ status }: ResponseHead, socket: Duplex, first: Buffer): void {
    this.recorded.push(`tunnel ${status}`);
    this.tunnel = { socket, first: first.toString() };
  }
  onFailure({ kind }: Failure): void {
    this.recorded.push(`failure ${kind}`);
  }
  onBroken({ kind }: Failure): void {
    this.recorded.push(`broken ${kind}`);
  }
  onPause(): void {
    // Not recorded.
  }
  onDrain(): void {
    this.recorded.push('drain');
  }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HEAD = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

describe('UpstreamConnection', () => {
  let server: Server;
  let sockets: Socket[];
  let wheel: TimerWheel;
  let pool: UpstreamPool;

  beforeEach(async () => {
    sockets = [];
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket.on('error', () => undefined));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    wheel = new TimerWheel();
    const { port } = server.address() as AddressInfo;
    pool = new UpstreamPool(originOf(`http://127.0.0.1:${port}`), {}, wheel);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await pool.close();
    wheel.stop();
    server.close();
  });

  const ask = (sink: NotingSink, connection = pool.acquire(true, 1)): UpstreamConnection => {
    connection.send(sink, HEAD, undefined, true);
    return connection;
  };
  const request = async (): Promise<Socket> => {
    await waitFor('the connection', () => sockets.length > 0);
    return sockets.at(-1)!;
  };
  /** Waits for the request; returns the server-side socket of the last connection. */
  const requested = async (): Promise<Socket> => {
    const socket = await request();
    await once(socket, 'data');
    return socket;
  };
  const reported = (sink: NotingSink, last: string): Promise<unknown> =>
    waitFor(last, () => sink.recorded.at(-1) === last);

  it('reports a response phase by phase and is reused for the next request', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    (await requested()).write(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    await reported(sink, 'end');
    expect(sink.recorded).toEqual(['connect', 'interim 103', 'head 200', 'body ok', 'end']);
    expect(pool.acquire(true, 1)).toBe(connection);
    connection.destroy();
  });

  it.each([
    ['before a head', '', ['connect', 'failure reset']],
    ['inside a head', 'HTTP/1.1 200 OK\r\nCont', ['connect', 'failure reset']],
    ['after an interim response', 'HTTP/1.1 103 Hints\r\n\r\n', ['connect', 'interim 103', 'failure reset']],
    [
      'inside a body',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf',
      ['connect', 'head 200', 'body half', 'broken reset'],
    ],
    ['that ends the body', 'HTTP/1.1 200 OK\r\n\r\nall', ['connect', 'head 200', 'body all', 'end']],
  ])('reports a close %s', async (_when, bytes, recorded) => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    (await requested()).end(bytes);
    await reported(sink, recorded.at(-1)!);
    expect(sink.recorded).toEqual(recorded);
    expect(connection.isConnecting).toBe(false);
    const other = pool.acquire(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  it.each([
    ['after a response', (socket: Socket) => socket.write(`${OK}HTTP/1.1 200 OK\r\n\r\n`)],
    [
      'while it is idle',
      async (socket: Socket, sink: NotingSink) => {
        socket.write(OK);
        await reported(sink, 'end');
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
      },
    ],
  ])('closes when unsolicited bytes arrive %s', async (_when, response) => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await requested();
    const ended = once(socket.resume(), 'close');
    await response(socket, sink);
    socket.on('end', () => socket.end());
    await ended;
    expect(sink.recorded).toEqual(['connect', 'head 200', 'body ok', 'end']);
    const other = pool.acquire(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  describe('with event streams that the gateway ends', () => {
    const STREAM = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n';
    const CHUNKED = `${STREAM}Transfer-Encoding: chunked\r\n\r\n`;

    it.each([
      ['completes chunks', CHUNKED + '4\r\n: a\n\r\n', 'cut "0\\r\\n\\r\\n"'],
      ['completes a stream without an event', CHUNKED, 'cut "0\\r\\n\\r\\n"'],
      ['completes a body that ends with the connection', `${STREAM}\r\n: a\n`, 'cut ""'],
      ['does not complete half a chunk', `${CHUNKED}9\r\n: a\n`, 'cut undefined'],
      ['does not complete a shorter body', `${STREAM}Content-Length: 9\r\n\r\n: a\n`, 'cut undefined'],
    ])('%s', async (_what, bytes, recorded) => {
      const sink = new NotingSink('GET', undefined);
      ask(sink);
      const socket = await requested();
      socket.write(bytes);
      await waitFor(
        'the response',
        () => sink.recorded.at(-1) === (bytes === CHUNKED ? 'head 200' : 'body : a\n'),
      );
      const ended = once(socket.resume(), 'end');
      pool.endEventStreams();
      expect(sink.recorded.at(-1)).toBe(recorded);
      await ended;
    });

    it('does not complete one whose client does not read', async () => {
      const sink = new NotingSink('GET', undefined);
      const connection = ask(sink);
      (await requested()).write(CHUNKED);
      await reported(sink, 'head 200');
      connection.pause();
      pool.endEventStreams();
      expect(sink.recorded.at(-1)).toBe('cut undefined');
    });

    it.each([
      ['a POST', 'POST', CHUNKED],
      ['another type', 'GET', CHUNKED.replace('event-stream', 'event-stream2')],
    ])('leaves the response to %s', async (_what, method, bytes) => {
      const sink = new NotingSink(method, undefined);
      const connection = ask(sink);
      (await requested()).write(bytes);
      await reported(sink, 'head 200');
      pool.endEventStreams();
      expect(sink.recorded.at(-1)).toBe('head 200');
      connection.destroy();
    });
  });

  it('is not reused after the instance has closed it while it was idle', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await requested();
    socket.write(OK);
    await reported(sink, 'end');
    socket.resume().end();
    await once(socket, 'close');
    const other = pool.acquire(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  it('hands over its socket with the bytes after a 101, and fails on a 101 without an upgrade request', async () => {
    const response = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: talk\r\n\r\nfirst words';
    const sink = new NotingSink('GET', 'talk');
    ask(sink, pool.connect(true));
    (await requested()).write(response);
    await reported(sink, 'tunnel 101');
    expect(sink.tunnel!.first).toBe('first words');
    sink.tunnel!.socket.destroy();

    const other = new NotingSink('GET', undefined);
    sockets = [];
    ask(other, pool.connect());
    (await requested()).write(response);
    await reported(other, 'failure protocol-error');
  });

  it('applies backpressure while the instance does not read, and reports drain when it does', async () => {
    const sink = new NotingSink('POST', undefined);
    const connection = pool.connect();
    connection.send(sink, 'POST / HTTP/1.1\r\nhost: a\r\n\r\n', undefined, false);
    await reported(sink, 'connect');
    const piece = Buffer.alloc(256 * 1024, 'x');
    for (let goesOn = true; goesOn;) goesOn = connection.sendBody(piece);
    expect(sink.recorded).toEqual(['connect']);
    await waitFor('the connection', () => sockets.length > 0);
    sockets[0]!.resume();
    await reported(sink, 'drain');
    connection.destroy();
  });

  it('does not read while it is paused', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await requested();
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n');
    await reported(sink, 'head 200');
    connection.pause();
    while (socket.write(Buffer.alloc(1024 * 1024)));
    expect(sink.recorded).toEqual(['connect', 'head 200']);
    connection.resume();
    await waitFor('the body', () => sink.recorded.length > 2);
    connection.destroy();
  });

  describe('when a connection fails for lack of a local resource', () => {
    const failConnecting = (connection: UpstreamConnection, code: string): void =>
      void (Reflect.get(connection, 'socket') as Duplex).destroy(Object.assign(new Error(code), { code }));
    const outcome = async (code: string): Promise<string | undefined> => {
      const sink = new NotingSink('GET', undefined);
      failConnecting(ask(sink, pool.connect()), code);
      await waitFor('the failure', () => sink.recorded.length > 0);
      return sink.recorded[0];
    };

    it('counts a missing address as refused until the instance has been connected to', async () => {
      expect(await outcome('EADDRNOTAVAIL')).toBe('failure refused');
      const sink = new NotingSink('GET', undefined);
      const connection = ask(sink);
      await reported(sink, 'connect');
      expect(await outcome('EADDRNOTAVAIL')).toBe('failure exhausted');
      connection.destroy();
    });

    it('always counts a missing descriptor as exhaustion', async () => {
      expect(await outcome('EMFILE')).toBe('failure exhausted');
    });
  });

  describe('when the maximum number of connections is connecting', () => {
    /** Opens the maximum number of connections that may connect at a time; the next one is queued. */
    const fill = (): UpstreamConnection[] => Array.from({ length: MAX_CONNECTING }, () => pool.connect());

    it('is opened when one of them is destroyed, and sends the whole queued request', async () => {
      const [first, ...others] = fill();
      const sink = new NotingSink('POST', undefined);
      const connection = pool.connect();
      connection.send(sink, HEAD, Buffer.from('2\r\nhi\r\n'), false);
      connection.endBody('0\r\n\r\n');
      expect([connection.isConnecting, connection.retainsBytes]).toEqual([true, true]);
      for (const other of others) other.destroy();
      first!.destroy();
      const received = String((await once(await request(), 'data'))[0]);
      expect(received).toBe(`${HEAD}2\r\nhi\r\n0\r\n\r\n`);
      expect(sink.recorded).toEqual(['connect']);
      connection.destroy();
    });

    it('moves its request to the first connection that becomes idle', async () => {
      const sink = new NotingSink('GET', undefined);
      const used = ask(sink);
      const socket = await requested();
      const connecting = fill();
      const next = new NotingSink('GET', undefined);
      const waiting = ask(next, pool.connect());
      socket.write(OK);
      await once(socket, 'data');
      socket.write(OK);
      await reported(next, 'end');
      expect(next.recorded).toEqual(['move', 'connect', 'head 200', 'body ok', 'end']);
      expect(waiting.isConnecting).toBe(false);
      for (const connection of [used, ...connecting]) connection.destroy();
    });

    it('waits no longer than its connect time-out, and is never opened after its request is aborted', async () => {
      const others = fill();
      const late = new NotingSink('GET', undefined);
      late.connectMs = 0;
      const connection = ask(late, pool.connect());
      ask(new NotingSink('GET', undefined), pool.connect()).destroy();
      for (let tick = 0; tick < 3; tick += 1) wheel.advance();
      expect(late.recorded).toEqual(['failure queue-timeout']);
      expect(connection.isConnecting).toBe(false);
      for (const other of others) other.destroy();
      await pool.close();
    });

    it('has its whole connect time-out once it is opened', () => {
      const others = fill();
      const sink = new NotingSink('GET', undefined);
      sink.connectMs = 10 * wheel.tickMs;
      const connection = ask(sink, pool.connect());
      const pass = (ticks: number): void => {
        for (let tick = 0; tick < ticks; tick += 1) wheel.advance();
      };
      pass(9);
      for (const other of others) other.destroy();
      pass(9);
      expect(sink.recorded).toEqual([]);
      pass(3);
      expect(sink.recorded).toEqual(['failure connect-timeout']);
      expect(connection.isConnecting).toBe(false);
    });
  });
});
