import { waitFor } from '#testing';
import { connectionsOf, metricsOf } from './support/gateway-state.js';
import { onEveryKind, SERVICE } from './support/harness.js';
import { exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';

const HALF_OPEN = 200;

onEveryKind('clients that disconnect', (harness) => {
  /** Number of requests that the service is processing. */
  let open = 0;
  beforeEach(() => {
    open = 0;
    harness().service.handler = (request, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
      request.on('error', () => undefined);
      if (request.url === '/done') request.resume().on('end', () => response.end('done'));
      else if (request.url === '/begun') response.write('begun');
      else if (request.url === '/head') response.writeHead(200, { 'content-length': 10 }).flushHeaders();
      else request.resume();
    };
  });

  const head = (method: string, path: string, more = ''): string =>
    `${method} /api/${SERVICE}${path} HTTP/1.1\r\nHost: gw\r\n${more}\r\n`;
  const inFlight = async (): Promise<number> => (await metricsOf(harness())).services[0]?.inFlight ?? 0;
  const endings = async (): Promise<Record<string, number>> => {
    const { text } = await exchange(`${harness().gatewayUrl}/metrics`);
    const found = [...text.matchAll(/^gateway_endings_total\{.*ending="([\w-]+)"\} (\d+)$/gm)];
    return Object.fromEntries(found.map(([, ending, count]) => [ending!, Number(count)] as const));
  };
  const observed = async (): Promise<number> => {
    const { text } = await exchange(`${harness().gatewayUrl}/metrics`);
    const counts = [...text.matchAll(/^gateway_request_duration_seconds_count\{service="[^"]+"\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const connections = (): Promise<number> => connectionsOf(harness());
  /** `before`: the connections that already existed, because the service itself calls the gateway. */
  const untilQuiet = async (before: number): Promise<void> => {
    await waitFor('all requests at the service to end', () => open === 0);
    await waitFor('no requests in flight', async () => (await inFlight()) === 0);
    await waitFor('all connections to close', async () => (await connections()) <= before);
  };

  /** Bytes to send, the condition to wait for, and the counted endings. */
  const PHASES: readonly [
    when: string,
    bytes: string,
    until: RegExp | 'received' | undefined,
    counted: object,
  ][] = [
    ['before they send anything', '', undefined, {}],
    ['in the middle of a head', head('GET', '/x').slice(0, -4), undefined, {}],
    [
      'in the middle of a body',
      `${head('POST', '/x', 'Content-Length: 100\r\n')}part`,
      'received',
      { 'client-left': 1 },
    ],
    [
      'in the middle of a chunk',
      `${head('POST', '/x', 'Transfer-Encoding: chunked\r\n')}64\r\npart`,
      'received',
      { 'client-left': 1 },
    ],
    ['while they wait', head('GET', '/x'), 'received', { 'client-left': 1 }],
    ['after the head of the response', head('GET', '/head'), /\r\n\r\n$/, { 'client-left': 1 }],
    ['in the middle of the response', head('GET', '/begun'), /begun/, { 'client-left': 1 }],
    ['after the response', head('GET', '/done'), /done$/, { completed: 1 }],
  ];

  const difference = (before: Record<string, number>, after: Record<string, number>): object => {
    const counts = Object.entries(after).map(([ending, n]) => [ending, n - (before[ending] ?? 0)] as const);
    return Object.fromEntries(counts.filter(([, count]) => count !== 0));
  };

  describe.each(['reset', 'end'] as const)('by a %s', (how) => {
    it.each(PHASES)('%s, leave no state behind', async (_when, bytes, until, counted) => {
      const [before, observedBefore, connectionsBefore] = [
        await endings(),
        await observed(),
        await connections(),
      ];
      const client = await RawClient.open(harness().gatewayPort);
      client.send(bytes);
      if (until === 'received') await waitFor('the request to reach the service', () => open === 1);
      else if (until) await client.until(until);
      if (how === 'reset') client.socket.resetAndDestroy();
      else client.socket.destroy();
      await untilQuiet(connectionsBefore);
      expect(difference(before, await endings())).toEqual(counted);
      expect((await observed()) - observedBefore).toBe(Object.keys(counted).length);
    });
  });

  it('just before a part of the response, leave no state behind', async () => {
    const [before, connectionsBefore] = [await endings(), await connections()];
    const client = await RawClient.open(harness().gatewayPort);
    harness().service.handler = (_request, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
      response.write('begun');
      // One write after the half-close, and silence: no other write meets the reset.
      client.socket.once('close', () => setTimeout(() => response.write('more'), 50));
    };
    client.send(head('GET', '/x'));
    await client.until(/begun/);
    client.socket.destroy();
    await untilQuiet(connectionsBefore);
    expect(difference(before, await endings())).toEqual({ 'client-left': 1 });
  });

  it('with further requests pipelined behind the pending one, leave no state behind', async () => {
    // The wire plane handles one request at a time; node:http starts all requests that it has read.
    const begun = harness().kind === 'node' ? 12 : 1;
    const [before, connectionsBefore] = [await endings(), await connections()];
    const client = await RawClient.open(harness().gatewayPort);
    client.send(head('GET', '/x').repeat(12));
    await waitFor('the request to reach the service', () => open === begun);
    client.socket.destroy();
    await untilQuiet(connectionsBefore);
    expect(difference(before, await endings())).toEqual({ 'client-left': begun });
  });

  it('in hundreds with half a head, leave no state behind', async () => {
    const connectionsBefore = await connections();
    const clients = await Promise.all(
      Array.from({ length: HALF_OPEN }, () => RawClient.open(harness().gatewayPort)),
    );
    for (const [i, client] of clients.entries()) client.send(head('GET', '/done').slice(0, 1 + (i % 40)));
    await waitFor('all connections to be open', async () => (await connections()) >= HALF_OPEN);
    expect((await exchange(`${harness().url}/done`)).text).toBe('done');
    for (const client of clients) client.close();
    await untilQuiet(connectionsBefore);
  });
});
