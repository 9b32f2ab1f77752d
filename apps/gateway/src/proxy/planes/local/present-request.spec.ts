import { once } from 'node:events';
import { connect } from 'node:net';
import { localInstanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

it.each(['wire', 'node'] as const)(
  'A local instance receives no trailers that could be taken for fields of the head (%s)',
  async (plane) => {
    const harness = await ProxyHarness.start({}, plane);
    harness.setInstances(
      localInstanceOf('a', (request, response) => {
        request
          .resume()
          .on('end', () => response.end(JSON.stringify([request.rawTrailers, request.trailers])));
      }),
    );
    const socket = connect(harness.port, '127.0.0.1').setEncoding('latin1');
    const trailers = 'X-Sum: 1\r\nHost: evil\r\nX-Forwarded-For: 192.0.2.1\r\nAuthorization: a\r\n';
    socket.write(
      `POST /api/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${trailers}\r\n`,
    );
    const [received] = (await once(socket, 'data')) as [string];
    expect(received).toMatch(/\[\["X-Sum","1"\],\{"x-sum":"1"\}\]$/);
    socket.destroy();
    await harness.close();
  },
);
