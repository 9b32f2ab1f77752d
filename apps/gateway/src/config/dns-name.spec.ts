import { dnsNameOf, isDnsServer } from './dns-name.js';
import { parseInstances } from './instances-file.js';

describe('a DNS name as the URL of instances', () => {
  it.each([
    ['dns://users.example:8001', { name: 'users.example', scheme: 'http', port: 8001 }],
    ['dns+https://Users.example:443', { name: 'users.example', scheme: 'https', port: 443 }],
    ['dns://user_service:80', { name: 'user_service', scheme: 'http', port: 80 }],
    ['dns+srv://_http._tcp.users.example', { name: '_http._tcp.users.example', scheme: 'http' }],
    ['dns+srv://_https._tcp.users.example', { name: '_https._tcp.users.example', scheme: 'https' }],
  ])('is read from %s', (url, expected) => {
    expect(dnsNameOf(url)).toEqual({ port: undefined, ...expected });
  });

  it.each([
    'dns://users.example',
    'dns://users.example:0',
    'dns://users.example:65536',
    'dns://10.0.0.1:80',
    'dns://users..example:80',
    `dns://${'a'.repeat(64)}.example:80`,
    'dns://users.example:80/path',
    'dns+srv://users.example',
    'dns+srv://_http._udp.users.example',
    'dns+srv://_http._tcp.users.example:80',
    'dns+tcp://users.example:80',
  ])('is not read from %s', (url) => {
    expect(dnsNameOf(url)).toBeUndefined();
    expect(parseInstances(JSON.stringify([{ name: 'users', url }])).problems).toEqual([
      '/0/url: must be dns://NAME:PORT, dns+https://NAME:PORT or dns+srv://_SERVICE._tcp.NAME',
    ]);
  });
});

describe('an entry with a DNS name', () => {
  const problemsOf = (...entries: object[]) => parseInstances(JSON.stringify(entries)).problems;
  const url = 'dns+srv://_http._tcp.users.example';

  it('has the members of a registration, without an id, and with SRV records without a weight', () => {
    expect(problemsOf({ name: 'Users', url, id: 'a', weight: 5, colour: 'red' })).toEqual([
      '/0/id must be left out: each address of the DNS name gets its own',
      '/0/weight must be left out: SRV records have weights',
      expect.stringContaining('/0/colour'),
      expect.stringContaining('/0/name'),
    ]);
    expect(problemsOf({ name: 'users', url: 'dns://users.example:80', weight: 5 })).toEqual([]);
  });

  it('stands once in the file', () => {
    expect(problemsOf({ name: 'users', url }, { name: 'users', url })).toEqual([
      expect.stringContaining('/1 repeats the id of another entry'),
    ]);
  });
});

describe('a DNS server', () => {
  it.each(['10.96.0.10', '10.96.0.10:53', 'fd00::10', '[fd00::10]', '[fd00::10]:5353'])(
    'may be %s',
    (server) => expect(isDnsServer(server)).toBe(true),
  );
  it.each(['dns.example', '10.96.0.10:', '10.96.0.10:0', '10.96.0', '[10.96.0.10]:53x', ''])(
    'may not be "%s"',
    (server) => expect(isDnsServer(server)).toBe(false),
  );
});
