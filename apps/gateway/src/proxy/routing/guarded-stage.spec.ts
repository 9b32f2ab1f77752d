import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { waitFor } from '#testing';
import type { Stage, StageFactory } from '../extension/stage-api.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';
import type { Timeouts } from '../../policy/policy.js';

/** A stage as JavaScript could have it: the compiler has not seen what its hooks return. */
type UncheckedStage = { readonly [Hook in keyof Stage]: unknown };

/** Builds `stage` for each route; without a name of its own, it has that of the factory. */
const factoryOf = (stage: Partial<UncheckedStage>): StageFactory => ({
  name: 'custom',
  validate: (value) => ({ value }),
  create: () => ({ name: 'custom', ...stage }) as Stage,
});

const serve = (_request: IncomingMessage, response: ServerResponse): void => void response.end('served');

const ok = { status: 200, fields: {}, body: Buffer.from('own') };

describe.each(['wire', 'node', 'local'] as const)('a stage of a program (%s)', (kind) => {
  let service: Server;
  const harnesses: ProxyHarness[] = [];

  beforeAll(async () => {
    service = createServer(serve).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterAll(() => service.close());
  afterEach(async () => {
    for (const harness of harnesses.splice(0)) await harness.close();
  });

  const start = async (factory: StageFactory, timeouts: Partial<Timeouts> = {}): Promise<ProxyHarness> => {
    const stages = new Map([[factory.name, {}]]);
    const plane = kind === 'wire' ? 'wire' : 'node';
    const harness = await ProxyHarness.start(timeouts, plane, { stages }, [], [factory]);
    harnesses.push(harness);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(kind === 'local' ? localInstanceOf('a', serve) : instanceOf({ id: 'a', url }));
    return harness;
  };

  const send = ({ url }: ProxyHarness): Promise<Response> => fetch(`${url}/api/users/`);

  describe.each(['request', 'upstreamResponse'] as const)('that responds in %s', (hook) => {
    it.each([
      ['a text as body', { ...ok, body: 'hällo' }, 'body is no Buffer'],
      ['no body', { status: 200, fields: {} }, 'body is no Buffer'],
      ['status 99', { ...ok, status: 99 }, 'no integer from 200 to 599'],
      ['status 101', { ...ok, status: 101 }, 'no integer from 200 to 599'],
      ['status "200"', { ...ok, status: '200' }, 'no integer from 200 to 599'],
      ['no fields', { ...ok, fields: undefined }, 'no object of texts'],
      ['a Map of fields', { ...ok, fields: new Map([['x-a', 'b']]) }, 'no object of texts'],
      ['a number as field', { ...ok, fields: { 'x-a': 1 } }, 'no object of texts'],
      ['null', null, 'neither undefined nor an object'],
      ['false', false, 'neither undefined nor an object'],
    ])('cannot respond with %s', async (_what, reply, message) => {
      const harness = await start(factoryOf({ [hook]: () => reply }));
      expect((await send(harness)).status).toBe(500);
      expect(harness.stageErrors.map(String)).toEqual([
        expect.stringMatching(`TypeError: ${hook} of stage "custom" has returned .*${message}`),
      ]);
    });

    it('responds with a reply', async () => {
      const response = await send(await start(factoryOf({ [hook]: () => ok })));
      expect([response.status, await response.text()]).toEqual([200, 'own']);
    });
  });

  it('cannot respond with lines that are not checked', async () => {
    const lines = 'set-cookie: forged=1\r\n';
    const response = await send(await start(factoryOf({ request: () => ({ ...ok, lines }) })));
    expect([response.status, response.headers.get('set-cookie')]).toEqual([200, null]);
  });

  it('cannot respond with a promise of something else than a reply', async () => {
    const harness = await start(factoryOf({ request: () => Promise.resolve({ status: 200 }) }));
    expect((await send(harness)).status).toBe(500);
    expect(harness.stageErrors).toEqual([expect.any(TypeError)]);
  });

  it.each([
    ['resolves', () => Promise.resolve(ok)],
    ['rejects', () => Promise.reject(new Error('rejected'))],
  ])('cannot wait in upstreamResponse for a promise that %s', async (_how, upstreamResponse) => {
    const harness = await start(factoryOf({ upstreamResponse }));
    expect((await send(harness)).status).toBe(500);
    expect(harness.stageErrors.map(String)).toEqual([
      'TypeError: upstreamResponse of stage "custom" has returned a promise; it must be synchronous',
    ]);
  });

  it.each(['upstreamRequest', 'response', 'observesBody', 'responseBody', 'complete'])(
    'does no harm, and is reported once, if %s returns promises that reject',
    async (hook) => {
      const rejected = (): Promise<never> => Promise.reject(new Error('rejected'));
      const harness = await start(factoryOf({ responseBody: () => undefined, [hook]: rejected }));
      for (const _ of [1, 2]) expect(await (await send(harness)).text()).toBe('served');
      await waitFor('the report', () => harness.stageErrors.length > 0);
      expect(harness.stageErrors.map(String)).toEqual([
        'TypeError: a hook of stage "custom" has returned a promise, which is ignored; it must be synchronous',
      ]);
    },
  );

  it.each([
    ['undefined', () => undefined],
    ['null', () => null],
    ['no name', () => ({})],
    ['a promise', () => Promise.resolve({ name: 'custom' })],
    ['a promise that rejects', () => Promise.reject(new Error('rejected'))],
  ])('fails each request if create returns %s', async (_what, create) => {
    const harness = await start({ ...factoryOf({}), create: create as () => never });
    expect((await send(harness)).status).toBe(500);
    expect(harness.stageErrors.map(String)).toEqual([
      'TypeError: create of stage "custom" has returned no stage',
    ]);
  });

  it.each([
    [{ status: 200 }, 'status that is not an integer from 400 to 599'],
    [{ status: 600 }, 'status that is not an integer from 400 to 599'],
    [{ extensions: { status: 200 } }, 'reserved name "status"'],
    [{ extensions: { type: 'about:blank' } }, 'reserved name "type"'],
    [{ extensions: { requestId: 'forged' } }, 'reserved name "requestId"'],
  ])('cannot respond with a problem that has %j', async (members, message) => {
    const create: StageFactory['create'] = (_settings, context) => ({
      name: 'custom',
      request: () => context.problem({ status: 403, title: 'No', detail: 'no', ...members }),
    });
    const harness = await start({ ...factoryOf({}), create });
    expect((await send(harness)).status).toBe(500);
    expect(harness.stageErrors.map(String)).toEqual([expect.stringContaining(message)]);
  });

  it('waits in request until the timeout of the route', async () => {
    const passed: unknown[] = [];
    const factory = factoryOf({
      request: () => new Promise(() => undefined),
      complete: (_exchange: unknown, hasPassed: unknown) => void passed.push(hasPassed),
    });
    const response = await send(await start(factory, { totalMs: 100 }));
    expect([response.status, await response.json()]).toEqual([
      504,
      expect.objectContaining({ type: 'urn:msa-gateway:problem:upstream-timeout' }),
    ]);
    await waitFor('the end', () => passed.length > 0);
    expect(passed).toEqual([false]);
  });

  it('continues after a wait that ends in time', async () => {
    const request = () => new Promise((resolve) => setTimeout(resolve, 10));
    const response = await send(await start(factoryOf({ request }), { totalMs: 5_000 }));
    expect([response.status, await response.text()]).toEqual([200, 'served']);
  });

  it('keeps its object in all hooks', async () => {
    class Counting implements Stage {
      readonly name = 'custom';
      readonly called: string[] = [];
      request(): undefined {
        this.called.push('request');
      }
      upstreamRequest(): void {
        this.called.push('upstreamRequest');
      }
      upstreamResponse(): undefined {
        this.called.push('upstreamResponse');
      }
      response(): void {
        this.called.push('response');
      }
      observesBody(): boolean {
        return this.called.length > 0;
      }
      responseBody(): void {
        this.called.push('responseBody');
      }
      complete(): void {
        this.called.push('complete');
      }
    }
    const stage = new Counting();
    const harness = await start({ ...factoryOf({}), create: () => stage });
    expect(await (await send(harness)).text()).toBe('served');
    await waitFor('the end', () => stage.called.includes('complete'));
    expect(stage.called).toEqual([
      'request',
      'upstreamRequest',
      'upstreamResponse',
      'response',
      'responseBody',
      'complete',
    ]);
  });
});
