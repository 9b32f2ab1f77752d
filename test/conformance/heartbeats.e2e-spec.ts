import { waitFor } from '#testing';
import { startGatewayHarness, type GatewayHarness } from './support/harness.js';
import { PLANES, type Plane } from './support/kinds.js';
import { RawClient } from './support/raw-client.js';

const JSON_TYPE = 'Content-Type: application/json\r\n';

interface HeartbeatOptions {
  readonly id?: string;
  readonly body?: string;
  readonly fields?: string;
}

function heartbeat({ id = 'a', body = '', fields = JSON_TYPE }: HeartbeatOptions = {}): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `POST /discovery/heartbeat/${id} HTTP/1.1\r\nHost: localhost\r\n${fields}${length}\r\n${body}`;
}

const CHANGING = new Set(['requestId', 'lastHeartbeatAt', 'expiresAt', 'registeredAt']);

/** The parts of a response that matter to a client, without values that differ between calls. */
function comparablePartsOf(response: string): unknown {
  const [head = '', body = ''] = response.split('\r\n\r\n');
  const members = Object.entries(JSON.parse(body) as object) as [string, unknown][];
  return {
    status: head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length),
    type: /^content-type: (.*)$/im.exec(head)?.[1]?.trim(),
    challenge: /^www-authenticate: (.*)$/im.exec(head)?.[1],
    hasId: /^x-request-id: [\x21-\x7e]+\r?$/im.test(head),
    isKeptAlive: /^connection: keep-alive\r?$/im.test(head),
    document: members.filter(([name]) => !CHANGING.has(name)),
  };
}

const TOKEN = 'a-token-of-some-length';
const cases: [what: string, options: HeartbeatOptions][] = [
  ['nothing', {}],
  ['all members', { body: '{"inFlight":3,"loopLagMs":1.5}' }],
  ['no type and no body', { fields: '' }],
  ['a charset', { body: '{"inFlight":3}', fields: 'Content-Type: application/json; charset=utf-8\r\n' }],
  ['an unknown id', { id: 'unknown' }],
  ['an invalid id', { id: '-a' }],
  ['an id with an escape', { id: '%61' }],
  ['a query', { id: 'a?x=1' }],
  ['a longer path', { id: 'a/b' }],
  ['a negative inFlight', { body: '{"inFlight":-1}' }],
  ['an inFlight above the maximum', { body: '{"inFlight":1000001}' }],
  ['a fractional inFlight', { body: '{"inFlight":0.5}' }],
  ['an infinite loop lag', { body: '{"loopLagMs":1e999}' }],
  ['a loop lag as a string', { body: '{"loopLagMs":"1"}' }],
  ['an inFlight of null', { body: '{"inFlight":null}' }],
  ['an unknown member', { body: '{"inFlight":1,"mood":1}' }],
  ['a prototype', { body: '{"__proto__":{"inFlight":1}}' }],
  ['an array', { body: '[]' }],
  ['a number', { body: '1' }],
  ['no JSON', { body: '{' }],
  ['a body of 2 KB', { body: `{"inFlight":1${' '.repeat(2000)}}` }],
  ['another type', { body: '{"inFlight":1}', fields: 'Content-Type: text/plain\r\n' }],
  ['a body without a type', { body: '{"inFlight":1}', fields: '' }],
  ['a coding', { body: '{"inFlight":1}', fields: `${JSON_TYPE}Content-Encoding: gzip\r\n` }],
  ['a remote proxy in X-Forwarded-For', { fields: 'X-Forwarded-For: 203.0.113.5\r\n' }],
  ['a local proxy in X-Forwarded-For', { fields: 'X-Forwarded-For: 127.0.0.1\r\n' }],
  ['a proxy in Forwarded', { fields: 'Forwarded: for=203.0.113.5\r\n' }],
  ['an address in X-Real-IP', { fields: 'X-Real-IP: 203.0.113.5\r\n' }],
  ['an Origin field', { fields: 'Origin: http://evil.example\r\n' }],
  ['no token', { fields: 'Authorization: Bearer\r\n' }],
  ['a wrong token', { fields: 'Authorization: Bearer wrong\r\n' }],
  ['the token', { fields: `Authorization: Bearer ${TOKEN}\r\n` }],
  ['the token twice', { fields: `Authorization: Bearer ${TOKEN}\r\n`.repeat(2) }],
];

describe.each([
  ['with a token', { REGISTRY_TOKEN: TOKEN }],
  ['without one', {}],
])('a heartbeat at a registry %s', (_what, env) => {
  let gateways: Readonly<Record<Plane, GatewayHarness>>;

  beforeAll(async () => {
    const [wire, node] = await Promise.all(PLANES.map((plane) => startGatewayHarness(plane, env)));
    gateways = { wire, node } as Readonly<Record<Plane, GatewayHarness>>;
    for (const { gatewayUrl } of [wire!, node!])
      await fetch(`${gatewayUrl}/discovery/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({
          name: 'renewed',
          id: 'a',
          url: 'http://127.0.0.1:9',
          metadata: { where: '서울' },
        }),
      });
  });
  afterAll(() => Promise.all(PLANES.map((plane) => gateways[plane].close())));

  const responseTo = async (plane: Plane, text: string): Promise<string> => {
    const client = await RawClient.open(gateways[plane].gatewayPort);
    const received = await client.send(text).until(/^HTTP[^]*\r\n\r\n\{[^]*\}$/);
    client.close();
    return Buffer.from(received, 'latin1').toString();
  };

  it.each(cases)('with %s gets the same response on wire and node', async (_what, options) => {
    const [wire, node] = await Promise.all(PLANES.map((plane) => responseTo(plane, heartbeat(options))));
    expect(comparablePartsOf(wire!)).toEqual(comparablePartsOf(node!));
  });

  it('is handled without Nest when it needs no further checks', async () => {
    // node:http writes this field capitalised.
    const handledWithoutNest = /\r\ndate: /;
    const fields = `${JSON_TYPE}Authorization: Bearer ${TOKEN}\r\nUser-Agent: x\r\nAccept: */*\r\n`;
    for (const id of ['a', 'unknown'])
      expect(await responseTo('wire', heartbeat({ id, body: '{"inFlight":1}', fields }))).toMatch(
        handledWithoutNest,
      );
    expect(
      await responseTo('wire', heartbeat({ fields: `${fields}Origin: http://localhost\r\n` })),
    ).not.toMatch(handledWithoutNest);
  });
});

describe.each(PLANES)('heartbeats (%s)', (plane) => {
  let harness: GatewayHarness;
  beforeAll(async () => {
    harness = await startGatewayHarness(plane);
    await harness.register('renewed', 'http://127.0.0.1:9', 'a');
  });
  afterAll(() => harness.close());

  const expiry = async (): Promise<number> => {
    const response = await fetch(`${harness.gatewayUrl}/discovery/services/a`);
    return Date.parse(((await response.json()) as { expiresAt: string }).expiresAt);
  };

  it('renew the lease and report the load of the instance', async () => {
    const before = await expiry();
    const client = await RawClient.open(harness.gatewayPort);
    await waitFor('a later lease', async () => {
      client.send(heartbeat({ body: '{"inFlight":7,"loopLagMs":2.5}' }));
      await client.until(/"inFlight":7,"loopLagMs":2\.5\}$/);
      return (await expiry()) > before;
    });
    client.close();
  });

  it('clear the reported load when the last one reports none', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    await client.send(heartbeat({ body: '{"inFlight":7}' })).until(/"inFlight":7\}$/);
    await client.send(heartbeat()).until(/"lastProbe":null\}$/);
    client.close();
  });

  it('get responses in order, whatever requests come between them', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    const live = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    client.send(
      heartbeat() +
        heartbeat({ id: 'unknown' }) +
        heartbeat() +
        live +
        heartbeat() +
        heartbeat({ id: 'unknown' }) +
        heartbeat(),
    );
    await waitFor('seven responses', () => client.received.split('HTTP/1.1 ').length === 8);
    await client.until(/\}$/);
    expect(client.received.match(/HTTP\/1\.1 \d+/g)).toEqual(
      [200, 404, 200, 200, 200, 404, 200].map((status) => `HTTP/1.1 ${status}`),
    );
    client.close();
  });

  it('may arrive in fragments', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    for (const byte of heartbeat({ body: '{"inFlight":9}' })) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(/"inFlight":9\}$/);
    client.close();
  });

  it('close their connection on request', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    client.send(heartbeat({ fields: 'Connection: close\r\n' }));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close\r\n/i);
  });

  it('are handled for a half-closed client, and cause no error when the client has disconnected', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    client.send(heartbeat()).socket.end();
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
    for (let i = 0; i < 20; i += 1) {
      const disconnected = await RawClient.open(harness.gatewayPort);
      disconnected.send(heartbeat()).socket.resetAndDestroy();
    }
    const last = await RawClient.open(harness.gatewayPort);
    await last.send(heartbeat()).until(/^HTTP\/1\.1 200 /);
    last.close();
  });

  it('close their connection while the gateway drains', async () => {
    const client = await RawClient.open(harness.gatewayPort);
    await client.send(heartbeat()).until(/^HTTP\/1\.1 [^]*\}$/);
    void harness.gatewayApp.drain();
    client.send(heartbeat());
    expect(await client.untilClosed()).toMatch(/\}HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n[^]*\}$/i);
  });
});
