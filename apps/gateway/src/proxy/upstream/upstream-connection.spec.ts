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
  readonly notes: string[] = [];
  readonly takesPayload = true;
  readonly holds = false;
  connectMs = 60_000;
  responseHeaderMs = 60_000;
  idleMs = 60_000;
  tunnel: { socket: Duplex; first: string } | undefined;

  constructor(
    readonly method: string,
    readonly protocol: string | undefined,
  ) {}

  keeps(): boolean {
    return false;
  }
  onMove(): void {
    this.notes.push('move');
  }
  onConnect(): void {
    this.notes.push('connect');
  }
  onInterim({ status }: ResponseHead): void {
    this.notes.push(`interim ${status}`);
  }
  onHead({ status }: ResponseHead): void {
    this.notes.push(`head ${status}`);
  }
  onBody(bytes: Buffer): void {
    this.notes.push(`body ${bytes.toString()}`);
  }
  onEnd(): void {
    this.notes.push('end');
  }
  onTunnel({ status }: ResponseHead, socket: Duplex, first: Buffer): void {
    this.notes.push(`tunnel ${status}`);
    this.tunnel = { socket, first: first.toString() };
  }
  onFailure({ kind }: Failure): void {
    this.notes.push(`failure ${kind}`);
  }
  onBroken({ kind }: Failure): void {
    this.notes.push(`broken ${kind}`);
  }
  onPause(): void {
    // Not recorded.
  }
  onDrain(): void {
    this.notes.push('drain');
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

  const ask = (sink: NotingSink, connection = pool.take(true, 1)): UpstreamConnection => {
    connection.send(sink, HEAD, undefined, true);
    return connection;
  };
  const asking = async (): Promise<Socket> => {
    await waitFor('the connection', () => sockets.length > 0);
    return sockets.at(-1)!;
  };
  /** Waits for the request; returns the server-side socket of the last connection. */
  const asked = async (): Promise<Socket> => {
    const socket = await asking();
    await once(socket, 'data');
    return socket;
  };
  const told = (sink: NotingSink, last: string): Promise<unknown> =>
    waitFor(last, () => sink.notes.at(-1) === last);

  it('reports a response phase by phase and is reused for the next request', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    (await asked()).write(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    await told(sink, 'end');
    expect(sink.notes).toEqual(['connect', 'interim 103', 'head 200', 'body ok', 'end']);
    expect(pool.take(true, 1)).toBe(connection);
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
  ])('reports a close %s', async (_when, bytes, notes) => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    (await asked()).end(bytes);
    await told(sink, notes.at(-1)!);
    expect(sink.notes).toEqual(notes);
    expect(connection.isConnecting).toBe(false);
    const other = pool.take(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  it.each([
    ['after a response', (socket: Socket) => socket.write(`${OK}HTTP/1.1 200 OK\r\n\r\n`)],
    [
      'while it is idle',
      async (socket: Socket, sink: NotingSink) => {
        socket.write(OK);
        await told(sink, 'end');
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
      },
    ],
  ])('closes when unsolicited bytes arrive %s', async (_when, answer) => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await asked();
    const ended = once(socket.resume(), 'close');
    await answer(socket, sink);
    socket.on('end', () => socket.end());
    await ended;
    expect(sink.notes).toEqual(['connect', 'head 200', 'body ok', 'end']);
    const other = pool.take(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  it('is not reused after the instance has closed it while it was idle', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await asked();
    socket.write(OK);
    await told(sink, 'end');
    socket.resume().end();
    await once(socket, 'close');
    const other = pool.take(true, 1);
    expect(other).not.toBe(connection);
    other.destroy();
  });

  it('hands over its socket with the bytes after a 101, and fails on a 101 without an upgrade request', async () => {
    const answer = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: talk\r\n\r\nfirst words';
    const sink = new NotingSink('GET', 'talk');
    ask(sink, pool.connect(true));
    (await asked()).write(answer);
    await told(sink, 'tunnel 101');
    expect(sink.tunnel!.first).toBe('first words');
    sink.tunnel!.socket.destroy();

    const other = new NotingSink('GET', undefined);
    sockets = [];
    ask(other, pool.connect());
    (await asked()).write(answer);
    await told(other, 'failure protocol-error');
  });

  it('applies backpressure while the instance does not read, and reports drain when it does', async () => {
    const sink = new NotingSink('POST', undefined);
    const connection = pool.connect();
    connection.send(sink, 'POST / HTTP/1.1\r\nhost: a\r\n\r\n', undefined, false);
    await told(sink, 'connect');
    const piece = Buffer.alloc(256 * 1024, 'x');
    for (let goesOn = true; goesOn;) goesOn = connection.sendBody(piece);
    expect(sink.notes).toEqual(['connect']);
    await waitFor('the connection', () => sockets.length > 0);
    sockets[0]!.resume();
    await told(sink, 'drain');
    connection.destroy();
  });

  it('does not read while it is paused', async () => {
    const sink = new NotingSink('GET', undefined);
    const connection = ask(sink);
    const socket = await asked();
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n');
    await told(sink, 'head 200');
    connection.pause();
    while (socket.write(Buffer.alloc(1024 * 1024)));
    expect(sink.notes).toEqual(['connect', 'head 200']);
    connection.resume();
    await waitFor('the body', () => sink.notes.length > 2);
    connection.destroy();
  });

  describe('when a connection fails for lack of a local resource', () => {
    const failConnecting = (connection: UpstreamConnection, code: string): void =>
      void (Reflect.get(connection, 'socket') as Duplex).destroy(Object.assign(new Error(code), { code }));
    const outcome = async (code: string): Promise<string | undefined> => {
      const sink = new NotingSink('GET', undefined);
      failConnecting(ask(sink, pool.connect()), code);
      await waitFor('the failure', () => sink.notes.length > 0);
      return sink.notes[0];
    };

    it('counts a missing address as refused until the instance has been connected to', async () => {
      expect(await outcome('EADDRNOTAVAIL')).toBe('failure refused');
      const sink = new NotingSink('GET', undefined);
      const connection = ask(sink);
      await told(sink, 'connect');
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
      expect([connection.isConnecting, connection.holds]).toEqual([true, true]);
      for (const other of others) other.destroy();
      first!.destroy();
      const received = String((await once(await asking(), 'data'))[0]);
      expect(received).toBe(`${HEAD}2\r\nhi\r\n0\r\n\r\n`);
      expect(sink.notes).toEqual(['connect']);
      connection.destroy();
    });

    it('moves its request to the first connection that becomes idle', async () => {
      const sink = new NotingSink('GET', undefined);
      const used = ask(sink);
      const socket = await asked();
      const connecting = fill();
      const next = new NotingSink('GET', undefined);
      const waiting = ask(next, pool.connect());
      socket.write(OK);
      await once(socket, 'data');
      socket.write(OK);
      await told(next, 'end');
      expect(next.notes).toEqual(['move', 'connect', 'head 200', 'body ok', 'end']);
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
      expect(late.notes).toEqual(['failure queue-timeout']);
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
      expect(sink.notes).toEqual([]);
      pass(3);
      expect(sink.notes).toEqual(['failure connect-timeout']);
      expect(connection.isConnecting).toBe(false);
    });
  });
});
