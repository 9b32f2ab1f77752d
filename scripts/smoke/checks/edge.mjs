import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hasStatus, satisfies, isProblem } from '../expect.mjs';

const TIMEOUT_MS = 10_000;

/** The gateway's own responses on /api. */
export async function edge({ client, report, target }) {
  await report.group('edge', async (group) => {
    await group.check('/api/{service} of an unknown service is 404 unknown-service', async () =>
      isProblem(await client.get('/api/no-such-service/x'), 404, 'unknown-service'),
    );
    await group.check('an invalid service name is a 4xx problem', async () => {
      const response = await client.get('/api/No%20Such/x');
      isProblem(response, hasStatus(response, 400, 404).status);
    });
    await group.check('dot segments, also encoded ones, do not leave the prefix', async () => {
      for (const path of [
        '/api/user-service/%2e%2e/product-service/products',
        '/api/user-service/..%2fservices',
      ])
        satisfies(/^4\d\d$/.test(await rawStatus(target, [`GET ${path} HTTP/1.1`])), 'a 4xx', path);
    });
    await ambiguous(group, target);
  });
}

const AMBIGUOUS = {
  'Content-Length and Transfer-Encoding': ['Content-Length: 3', 'Transfer-Encoding: chunked'],
  'two different Content-Length': ['Content-Length: 3', 'Content-Length: 4'],
  'a space before a colon': ['X-Thing : 1'],
};

async function ambiguous(group, target) {
  for (const [what, lines] of Object.entries(AMBIGUOUS))
    await group.check(`a request with ${what} is 400`, async () => {
      const status = await rawStatus(target, ['POST /api/user-service/users HTTP/1.1', ...lines]);
      satisfies(status === '400', 'status 400', status);
    });
}

/** The status code of the response to this head. It is written byte for byte, which fetch does not do. */
async function rawStatus({ protocol, hostname, port, host }, lines) {
  const address = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (protocol === 'https:' ? 443 : 80),
  };
  const secure = { ...address, servername: hostname };
  const socket = protocol === 'https:' ? connectTls(secure) : connectTcp(address);
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no response in time')));
  try {
    socket.write(`${[...lines, `Host: ${host}`, 'Connection: close'].join('\r\n')}\r\n\r\nabc`);
    const [head] = await once(socket, 'data');
    return head.toString('latin1').slice(9, 12);
  } finally {
    socket.destroy();
  }
}
