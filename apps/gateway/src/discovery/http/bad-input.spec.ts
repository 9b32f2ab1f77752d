import { connect } from 'node:net';
import { GatewayUnderTest } from '../testing/gateway-under-test.js';

const url = 'http://127.0.0.1:9001';
const good = { name: 'users', url, id: 'a' };
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));

let gateway: GatewayUnderTest;
beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
afterAll(() => gateway.stop());
afterEach(async () => {
  const { body } = await gateway.get('/discovery/services');
  expect(body).toEqual([]);
});

const badMembers: [what: string, body: object, pointer: string][] = [
  ['no name', { url }, '/name'],
  ['no url', { name: 'users' }, '/url'],
  ['a name with a dot', { ...good, name: 'a.b' }, '/name'],
  ['a name in upper case', { ...good, name: 'Users' }, '/name'],
  ['a name that starts with a digit', { ...good, name: '1users' }, '/name'],
  ['a name of 64 characters', { ...good, name: 'a'.repeat(64) }, '/name'],
  ['a name that is a number', { ...good, name: 7 }, '/name'],
  ['a name that is a list', { ...good, name: ['users'] }, '/name'],
  ['a name with a line end', { ...good, name: 'users\n' }, '/name'],
  ['an id with a slash', { ...good, id: 'a/b' }, '/id'],
  ['an empty id', { ...good, id: '' }, '/id'],
  ['an id of null', { ...good, id: null }, '/id'],
  ['an unknown member', { ...good, port: 1 }, '/port'],
  ['a version that is a number', { ...good, version: 1 }, '/version'],
  ['a version with a line end', { ...good, version: '1\n2' }, '/version'],
  ['a version with an escape sequence', { ...good, version: '\u009b2J' }, '/version'],
  ['ttlSeconds of 1', { ...good, ttlSeconds: 1 }, '/ttlSeconds'],
  ['ttlSeconds of 301', { ...good, ttlSeconds: 301 }, '/ttlSeconds'],
  ['ttlSeconds of 2.5', { ...good, ttlSeconds: 2.5 }, '/ttlSeconds'],
  ['ttlSeconds as a text', { ...good, ttlSeconds: '15' }, '/ttlSeconds'],
  ['weight of -1', { ...good, weight: -1 }, '/weight'],
  ['weight of 1001', { ...good, weight: 1001 }, '/weight'],
  ['a health path without a slash', { ...good, healthPath: 'health' }, '/healthPath'],
  ['a health path of another host', { ...good, healthPath: '//evil' }, '/healthPath'],
  ['33 metadata pairs', { ...good, metadata: pairs(33) }, '/metadata'],
  ['metadata of 257 characters', { ...good, metadata: { k: 'v'.repeat(257) } }, '/metadata'],
  ['metadata that is no text', { ...good, metadata: { k: 1 } }, '/metadata'],
  ['metadata that is a list', { ...good, metadata: ['a'] }, '/metadata'],
  ...['', 'inner', '/a,', '/a/*', '/a//b', '/..', '/a/./b', '/%61', '/a;x', '/a?x', '/a b'].map(
    (paths): [string, object, string] => [
      `internal paths of "${paths}"`,
      { ...good, metadata: { 'gateway.internal-paths': paths } },
      '/metadata',
    ],
  ),
];

const badUrls = [
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  '127.0.0.1:9001',
  '//127.0.0.1',
  'http://',
  'http://user:secret@127.0.0.1',
  'http://user@127.0.0.1',
  'http://127.0.0.1/path',
  'http://127.0.0.1/.',
  'http://127.0.0.1//',
  'http://127.0.0.1/?q',
  'http://127.0.0.1?q',
  'http://127.0.0.1/#f',
  'http://127.0.0.1#f',
  'http:\\\\127.0.0.1',
  'http://127.0.0.1\\@evil',
  'http://127.0.0.1:0',
  'http://127.0.0.1:65536',
  'http://127.0.0.1 ',
  ' http://127.0.0.1',
  'http://127.0.0.1\r\nx: y',
  'http://[::1',
  'http://169.254.169.254',
  'http://169.254.0.1:8080',
  'http://0xa9fea9fe',
  'http://2852039166',
  'http://0251.0376.0251.0376',
  'http://169.254.43518',
  'http://[fe80::1]',
  'http://[febf::1]',
  'http://[::ffff:169.254.169.254]',
  'http://[::ffff:a9fe:a9fe]',
  'http://[64:ff9b::a9fe:a9fe]',
  'http://[64:ff9b:1::a9fe:a9fe]',
  'http://[::ffff:0:169.254.169.254]',
  'http://[::169.254.169.254]',
  'http://[2002:a9fe:a9fe::1]',
  'http://[fd00:ec2::254]',
  'http://[fd20:ce::254]',
  'http://100.100.100.200',
  'http://[::ffff:100.100.100.200]',
  'http://192.0.0.192',
  'http://168.63.129.16',
  'http://[2002:a83f:8110::]',
  'http://169.254.169.254.',
  'http://metadata.google.internal',
  'http://metadata.google.internal.',
  7,
  null,
];

const badBodies: [what: string, body: string | Uint8Array, type: string, status: number][] = [
  ['broken JSON', '{"name":', 'application/json', 400],
  ['nothing', '', 'application/json', 400],
  ['a list', '[]', 'application/json', 400],
  ['a text', '"users"', 'application/json', 400],
  ['null', 'null', 'application/json', 400],
  ['bad UTF-8', Buffer.from('7b226e616d65223a22ff227d', 'hex'), 'application/json', 400],
  ['__proto__', `{"name":"users","url":"${url}","__proto__":{"id":"a"}}`, 'application/json', 400],
  [
    '__proto__ inside',
    `{"name":"users","url":"${url}","metadata":{"__proto__":{"a":"b"}}}`,
    'application/json',
    400,
  ],
  ['constructor', `{"name":"users","url":"${url}","constructor":{"prototype":{}}}`, 'application/json', 400],
  ['2 MB', JSON.stringify({ ...good, version: 'v'.repeat(2_000_000) }), 'application/json', 413],
  ['a form', 'name=users', 'application/x-www-form-urlencoded', 415],
  ['plain text', JSON.stringify(good), 'text/plain', 415],
];

describe('POST /discovery/register with bad input', () => {
  it.each(badMembers)('rejects %s and names the member', async (_what, body, pointer) => {
    const response = await gateway.register(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({ errors: [{ pointer }] });
  });

  it.each(badUrls.map((bad) => [bad]))('rejects the URL %j', async (bad) => {
    const response = await gateway.register({ name: 'users', url: bad });
    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/url' }] } });
  });

  it.each(badBodies)('rejects %s', async (_what, body, type, status) => {
    const response = await gateway.call('POST', '/discovery/register', {
      headers: { 'content-type': type },
      body,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('names all invalid members at once', async () => {
    const response = await gateway.register({ name: 'A', url: 'x', ttlSeconds: 0, weight: 'x' });
    const { errors } = response.body as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/name', '/ttlSeconds', '/url', '/weight']);
  });
});

describe('other endpoints with bad input', () => {
  it.each(['status=bad', 'status=', 'name=A', 'name=a&name=b', 'other=1'])(
    'rejects the filter %s',
    async (query) => {
      expect((await gateway.get(`/discovery/services?${query}`)).status).toBe(400);
    },
  );

  it.each(['since=x', 'since=-1', 'since=1.5', 'since='])('rejects the history query %s', async (query) => {
    expect((await gateway.get(`/discovery/events?${query}`)).status).toBe(400);
  });

  it.each([
    [{ inFlight: -1 }],
    [{ inFlight: 1.5 }],
    [{ inFlight: '1' }],
    [{ loopLagMs: null }],
    [{ loopLagMs: -1 }],
    [{ other: 1 }],
    [[]],
    ['x'],
  ])('rejects the heartbeat %j', async (heartbeat) => {
    expect((await gateway.post('/discovery/heartbeat/a', heartbeat)).status).toBe(400);
  });

  it('rejects an id that cannot be decoded', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.end('GET /discovery/services/%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    let response = '';
    for await (const chunk of socket) response += String(chunk);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('application/problem+json');
  });
});
