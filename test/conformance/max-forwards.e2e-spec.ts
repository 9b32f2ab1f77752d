import { onEveryKind, SERVICE } from './support/harness.js';
import { RawClient } from './support/raw-client.js';

onEveryKind('Max-Forwards', (harness) => {
  let received: (string | undefined)[];
  beforeEach(() => {
    received = [];
    harness().service.handler = ({ headers }, response) => {
      received.push(headers['max-forwards'] as string | undefined);
      response.end('the service');
    };
  });
  const send = async (method: string, count: string): Promise<string> => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      `${method} /api/${SERVICE}/x HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nMax-Forwards: ${count}\r\n\r\n`,
    );
    return client.untilClosed();
  };

  it.each(['OPTIONS', 'TRACE'])('is decremented when %s is forwarded', async (method) => {
    expect(await send(method, '5')).toMatch(/^HTTP\/1\.1 200 [^]*the service/);
    expect(await send(method, '1')).toMatch(/^HTTP\/1\.1 200 [^]*the service/);
    expect(received).toEqual(['4', '0']);
  });

  it('makes the gateway respond itself when it is 0', async () => {
    expect(await send('OPTIONS', '0')).toMatch(/^HTTP\/1\.1 204 [^]*\r\nallow: GET, HEAD, OPTIONS\r\n/i);
    expect(await send('TRACE', '0')).toMatch(/^HTTP\/1\.1 405 [^]*\r\nallow: GET, HEAD, OPTIONS\r\n/i);
    expect(received).toEqual([]);
  });

  it.each([
    ['GET', '0'],
    ['OPTIONS', 'many'],
  ])('is an ordinary field of %s with the value %s', async (method, count) => {
    expect(await send(method, count)).toMatch(/^HTTP\/1\.1 200 [^]*the service/);
    expect(received).toEqual([count]);
  });
});
