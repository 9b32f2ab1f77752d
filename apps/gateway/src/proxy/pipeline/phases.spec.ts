import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { overloaded } from '../exchange/problems.js';
import { StageSlot, type Stage, type StageResponse } from '../exchange/stage.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const bug = (): never => {
  throw new Error('bug');
};

/** Sends `text` and returns everything up to the close of the connection. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let received = '';
  socket.on('data', (piece: string) => (received += piece)).write(text);
  await once(socket, 'close');
  return received;
}

/** An instance: responds with what it received; `/chunked` with trailers. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-removed', 'by the stage');
  if (request.url === '/chunked') {
    response.writeHead(200, { trailer: 'x-sum' });
    response.write('first');
    response.addTrailers({ 'x-sum': '11' });
    response.end('second');
    return;
  }
  const { url, headers } = request;
  response.end(
    JSON.stringify({ url, host: headers.host, header: headers['x-stage'], client: headers['x-client'] }),
  );
}

const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nbye';

const upgradingInstance = () =>
  instanceOf({
    id: 'a',
    target: { request: serve, upgrade: (_request, socket) => void socket.end(UPGRADED) },
  });

describe.each(['wire', 'node', 'local'] as const)('phases (%s)', (kind) => {
  let service: Server;
  const harnesses: ProxyHarness[] = [];

  beforeAll(async () => {
    service = createServer(serve)
      .on('upgrade', (_request, socket) => socket.end(UPGRADED))
      .listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterAll(() => service.close());
  afterEach(async () => {
    for (const harness of harnesses.splice(0)) await harness.close();
  });

  const start = async (...stages: Stage[]): Promise<ProxyHarness> => {
    const harness = await ProxyHarness.start({}, kind === 'wire' ? 'wire' : 'node', {}, stages);
    harnesses.push(harness);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(kind === 'local' ? localInstanceOf('a', serve) : instanceOf({ id: 'a', url }));
    return harness;
  };

  it('upstreamRequest edits target, host and fields', async () => {
    const { url } = await start({
      name: 'edit',
      upstreamRequest: (_exchange, request) => {
        request.target = '/other?q';
        request.host = 'inside.example';
        request.fields.set('x-stage', `${request.fields.get('X-Client')}!`);
        request.fields.remove('X-Client');
      },
    });
    const response = await fetch(`${url}/api/users/1`, { headers: { 'x-client': 'me' } });
    expect(await response.json()).toEqual({ url: '/other?q', host: 'inside.example', header: 'me!' });
  });

  const marking: Stage = {
    name: 'mark',
    response: (_exchange, { status, isOwn, fields }) => {
      fields.remove('X-Removed');
      fields.append('x-seen', `${status} ${isOwn ? 'gateway' : 'instance'}`);
    },
  };

  it('response edits the fields of an instance, and of a problem of the gateway', async () => {
    const harness = await start(marking);
    const forwarded = await fetch(`${harness.url}/api/users/1`);
    expect([forwarded.headers.get('x-seen'), forwarded.headers.get('x-removed')]).toEqual([
      '200 instance',
      null,
    ]);
    harness.setInstances(instanceOf({ id: 'a', status: 'down' }));
    const own = await fetch(`${harness.url}/api/users/1`);
    expect([own.status, own.headers.get('x-seen')]).toEqual([503, '503 gateway']);
    expect(own.headers.get('content-type')).toBe('application/problem+json');
    const head = await fetch(`${harness.url}/api/users/1`, { method: 'HEAD' });
    expect([head.status, head.headers.get('x-seen'), await head.text()]).toEqual([503, '503 gateway', '']);
  });

  it.each([204, 304])('a reply of status %i has no content and no length', async (status) => {
    const { port } = await start({
      name: 'empty',
      request: () => ({ status, fields: { etag: '"1"' }, body: Buffer.alloc(0) }),
    });
    const received = await exchange(port, 'GET /api/users/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*etag: "1"[^]*\r\n\r\n$`, 'i'));
    expect(received).not.toMatch(/content-length|transfer-encoding/i);
  });

  it('responseBody observes the payload, and the client gets body and trailers unchanged', async () => {
    const observed: string[] = [];
    const { port } = await start({
      name: 'observe',
      responseBody: (_exchange, bytes) => observed.push(String(bytes)),
    });
    const text =
      'GET /api/users/chunked HTTP/1.1\r\nhost: x\r\nte: trailers\r\nconnection: close, te\r\n\r\n';
    const received = await exchange(port, text);
    expect(observed.join('')).toBe('firstsecond');
    expect(received).toMatch(/first\r\n(?:[^]*\r\n)?second\r\n0\r\nx-sum: 11\r\n\r\n$/i);
  });

  it('keeps the state of an exchange in the slot of its stage', async () => {
    const slot = new StageSlot<number>();
    const ended: unknown[] = [];
    const { url } = await start({
      name: 'slot',
      request: (exchange) => {
        slot.set(exchange, Number(exchange.header('x-client')));
        return undefined;
      },
      complete: (exchange) => ended.push(slot.get(exchange)),
    });
    const send = (client: number) => fetch(`${url}/api/users/`, { headers: { 'x-client': String(client) } });
    await Promise.all((await Promise.all([send(1), send(2)])).map((response) => response.text()));
    expect(ended.sort()).toEqual([1, 2]);
  });

  it.each(['request', 'upstreamRequest', 'response'] as const)(
    'responds with 500 and reports the error when a stage throws in %s',
    async (phase) => {
      const harness = await start({ name: 'broken', [phase]: bug }, marking);
      const outcome = await fetch(`${harness.url}/api/users/`).then(
        ({ status }) => status,
        () => 'closed',
      );
      expect(outcome).toBe(kind === 'local' && phase === 'response' ? 'closed' : 500);
      expect(harness.services.current.get('users')!.instances[0]!.load.inFlight).toBe(0);
    },
  );

  it('refuses field names and values that would end a line', async () => {
    const harness = await start({
      name: 'split',
      response: (_exchange, { fields }) => fields.set('x-a', 'b\r\nset-cookie: stolen=1'),
    });
    const outcome = await fetch(`${harness.url}/api/users/`).catch(() => undefined);
    expect(outcome?.headers.get('set-cookie') ?? null).toBeNull();
    expect(harness.stageErrors[0]).toBeInstanceOf(TypeError);
  });

  it('passes a problem of a stage through the response phase, and completes the stages before it', async () => {
    const completed: string[] = [];
    const { url } = await start(
      {
        name: 'first',
        request: () => undefined,
        complete: (_e, passed) => completed.push(`first ${passed}`),
      },
      {
        name: 'refuse',
        request: () => overloaded('no'),
        complete: (_e, passed) => completed.push(`refuse ${passed}`),
      },
      marking,
    );
    const response = await fetch(`${url}/api/users/`);
    expect([response.status, response.headers.get('x-seen')]).toEqual([503, '503 gateway']);
    await response.text();
    expect(completed).toEqual(['refuse false', 'first true']);
  });

  it.each([
    ['Content-Length', '0'],
    ['transfer-encoding', 'chunked'],
    ['Connection', 'close'],
    ['x-request-id', 'other'],
    ['X_Forwarded_For', '1.2.3.4'],
  ])('a stage cannot change %s', async (name, value) => {
    for (const phase of ['upstreamRequest', 'response'] as const) {
      const harness = await start({
        name: 'bold',
        [phase]: (_e: unknown, { fields }: StageResponse) => fields.set(name, value),
      });
      await fetch(`${harness.url}/api/users/`, { method: 'POST', body: 'four' }).catch(() => undefined);
      expect(harness.stageErrors[0]).toBeInstanceOf(TypeError);
    }
  });

  it.each([
    ['target', '/x HTTP/1.1\r\nhost: x\r\n\r\nGET /admin'],
    ['target', 'relative'],
    ['target', '/a#b'],
    ['host', 'a b'],
    ['host', 'x\r\ny: z'],
  ] as const)('refuses a %s of %j', async (member, text) => {
    const harness = await start({
      name: 'rewrite',
      upstreamRequest: (_exchange, request) => {
        request[member] = text;
      },
    });
    expect((await fetch(`${harness.url}/api/users/`)).status).toBe(500);
    expect(harness.stageErrors).toEqual([expect.any(TypeError)]);
  });

  it('refuses a reply with a field that would end its line', async () => {
    const location = 'x\r\nset-cookie: stolen=1';
    const harness = await start({
      name: 'redirect',
      request: () => ({ status: 302, fields: { location }, body: Buffer.alloc(0) }),
    });
    const response = await fetch(`${harness.url}/api/users/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([500, null]);
  });

  it('runs the response phase for an upgrade', async () => {
    const harness = await start(marking);
    const port = (service.address() as AddressInfo).port;
    if (kind === 'local') harness.setInstances(upgradingInstance());
    else harness.setInstances(instanceOf({ id: 'a', url: `http://127.0.0.1:${port}` }));
    const text = 'GET /api/users/ HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n';
    const received = await exchange(harness.port, text);
    expect(received).toMatch(/^HTTP\/1.1 101 [^]*x-seen: 101 instance\r\n\r\nbye$/i);
  });
});

it('a local instance cannot split a field, although stages observe its response', async () => {
  const harness = await ProxyHarness.start({}, 'node');
  const thrown: unknown[] = [];
  harness.setInstances(
    localInstanceOf('a', (_request, response) => {
      try {
        response.writeHead(200, { 'x-a': 'v\r\nset-cookie: evil=1' });
      } catch (error) {
        thrown.push((error as NodeJS.ErrnoException).code);
      }
      response.end();
    }),
  );
  const response = await fetch(`${harness.url}/api/users/`);
  expect([response.headers.get('set-cookie'), thrown]).toEqual([null, ['ERR_INVALID_CHAR']]);
  await harness.close();
});
