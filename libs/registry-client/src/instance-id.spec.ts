import type { NetworkInterfaceInfo } from 'node:os';
import { INSTANCE_ID } from '#contracts';
import { instanceId } from './instance-id.js';

const place = { name: 'note-service', url: 'http://0.0.0.0:9001', advertisedUrl: undefined };
const address = (ip: string, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address: ip, family, mac: '02:42:ac:11:00:02', internal: false }) as NetworkInterfaceInfo;
const container = (...addresses: NetworkInterfaceInfo[]) => ({
  name: 'web',
  interfaces: { eth0: addresses },
});

describe('the id of an instance', () => {
  it('stays the same over restarts, also with another temporary IPv6 address', () => {
    expect(instanceId(place)).toBe(instanceId(place));
    const [before, after] = ['2001:db8::1', '2001:db8::2'].map((ip) =>
      instanceId(place, container(address('172.17.0.2'), address(ip, 'IPv6'))),
    );
    expect(before).toBe(after);
    expect(before).toMatch(/^note-service-web-9001-[0-9a-f]{8}$/);
  });

  it('differs between containers that share a host name and a port', () => {
    const ids = ['172.17.0.2', '172.17.0.3'].map((ip) => instanceId(place, container(address(ip))));
    expect(new Set(ids).size).toBe(2);
  });

  it('differs by where the instance listens and by the URL that it advertises', () => {
    const ids = [
      place,
      { ...place, url: 'http://127.0.0.2:9001' },
      { ...place, advertisedUrl: 'http://a.example' },
      { ...place, advertisedUrl: 'http://b.example' },
    ].map((each) => instanceId(each, container(address('172.17.0.2'))));
    expect(new Set(ids).size).toBe(4);
  });

  it('is accepted by the registry for any length of the host name', () => {
    const long = { name: 'h'.repeat(64), interfaces: {} };
    expect(instanceId({ ...place, name: `a${'b'.repeat(62)}`, url: 'http://0.0.0.0:65535' }, long)).toMatch(
      INSTANCE_ID,
    );
  });
});
