import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpointOf, pinnedTarget } from '../model/pinned-target.js';
import { GatewayUnderTest } from '../testing/gateway-under-test.js';
import { TargetPolicy } from './target-policy.js';

const names: Readonly<Record<string, readonly string[]>> = {
  inside: ['10.1.2.3'],
  both: ['fd00::1', '10.1.2.3'],
  outside: ['203.0.113.5'],
  metadata: ['169.254.169.254'],
  mixed: ['10.1.2.3', '169.254.169.254'],
  'half-outside': ['10.1.2.3', '203.0.113.5'],
  six: ['fe80::1'],
  ec2: ['fd00:ec2::254'],
  mapped: ['::ffff:169.254.1.1'],
  nothing: [],
  'own-address': ['10.1.2.3', '0.0.0.0'],
  'every-six': ['::'],
  group: ['ff02::1', '10.1.2.3'],
};

const resolve = (name: string) =>
  names[name] ? Promise.resolve(names[name]) : Promise.reject(new Error('ENOTFOUND'));

const targetPolicy = (...allowed: string[]) =>
  new TargetPolicy(allowed.length > 0 ? allowed : undefined, resolve);

describe('TargetPolicy', () => {
  it.each([
    ['http://10.0.0.1:8001', '10.0.0.1'],
    ['https://[fd00::1]', 'fd00::1'],
    ['http://inside:8001', '10.1.2.3'],
    ['http://both', '10.1.2.3'],
  ])('accepts %s with the address %s', async (url, address) => {
    expect(await targetPolicy().addressOf(url)).toBe(address);
  });

  it.each(['metadata', 'mixed', 'six', 'ec2', 'mapped', '[::ffff:169.254.1.1]', '0xa9fea9fe'])(
    'always rejects http://%s, whatever networks are allowed',
    async (host) => {
      const refused = { status: 403, code: 'target-refused' };
      await expect(targetPolicy().addressOf(`http://${host}`)).rejects.toMatchObject(refused);
      await expect(targetPolicy('0.0.0.0/0', '::/0').addressOf(`http://${host}`)).rejects.toMatchObject(
        refused,
      );
    },
  );

  it.each([
    '0.0.0.0',
    '0',
    '0x0',
    '00.0',
    '[::]',
    '[::0]',
    '[0:0::0]',
    '[::ffff:0.0.0.0]',
    '[64:ff9b::]',
    '[2002::]',
    '224.0.0.1',
    '239.255.255.255',
    '3758096385',
    '0xefffffff',
    '0340.0.0.1',
    '[ff02::1]',
    '[::ffff:224.0.0.1]',
    '[64:ff9b::e000:1]',
    '[2002:e000:1::]',
    '255.255.255.255',
    '4294967295',
    '0xffffffff',
    '[::ffff:255.255.255.255]',
    'own-address',
    'every-six',
    'group',
  ])('rejects http://%s, which is not a unicast address', async (host) => {
    const refused = { status: 422, code: 'target-not-unicast' };
    await expect(targetPolicy().addressOf(`http://${host}`)).rejects.toMatchObject(refused);
    await expect(targetPolicy('0.0.0.0/0', '::/0').addressOf(`http://${host}`)).rejects.toMatchObject(
      refused,
    );
  });

  it.each(['127.0.0.1', '[::1]', '0.0.0.1', '223.255.255.255', '255.255.255.254', '[fe00::1]'])(
    'accepts http://%s next to the rejected ranges',
    async (host) => {
      expect(await targetPolicy().addressOf(`http://${host}`)).toBe(host.replace(/^\[|\]$/g, ''));
    },
  );

  it('rejects hosts that are outside the allowed networks, entirely or in part', async () => {
    const guarded = targetPolicy('10.0.0.0/8', '127.0.0.1');
    await expect(guarded.addressOf('http://inside')).resolves.toBe('10.1.2.3');
    await expect(guarded.addressOf('http://127.0.0.1:1')).resolves.toBe('127.0.0.1');
    await expect(guarded.addressOf('http://[::ffff:10.0.0.1]')).resolves.toBeDefined();
    for (const host of ['outside', 'half-outside', 'both', '127.0.0.2', '[::1]', '203.0.113.5'])
      await expect(guarded.addressOf(`http://${host}`)).rejects.toMatchObject({ code: 'target-refused' });
  });

  it.each(['nothing', 'unknown'])('rejects %s, which does not resolve', async (host) => {
    await expect(targetPolicy().addressOf(`http://${host}`)).rejects.toMatchObject({
      status: 422,
      code: 'target-unknown',
    });
  });

  it('resolves a name once', async () => {
    let lookups = 0;
    const counting = new TargetPolicy(undefined, (name) => {
      lookups += 1;
      return resolve(name);
    });
    await counting.addressOf('http://inside');
    await counting.addressOf('http://10.0.0.1');
    expect(lookups).toBe(1);
  });
});

describe('an endpoint', () => {
  it.each([
    ['http://users:8001', '10.0.0.3', 'http://users:8001#10.0.0.3', 'http://10.0.0.3:8001', 'users:8001'],
    ['https://users', 'fd00::1', 'https://users#fd00::1', 'https://[fd00::1]', 'users'],
    ['http://10.0.0.3:1', '10.0.0.3', 'http://10.0.0.3:1', 'http://10.0.0.3:1', '10.0.0.3:1'],
    ['http://[fd00::1]:1', 'fd00::1', 'http://[fd00::1]:1', 'http://[fd00::1]:1', '[fd00::1]:1'],
  ])('of %s at %s is %s', (url, address, endpoint, origin, authority) => {
    expect(endpointOf(url, address)).toBe(endpoint);
    expect(pinnedTarget({ endpoint })).toEqual({ origin, authority });
  });
});

describe('a gateway with allowed networks', () => {
  it('accepts instances inside, rejects others without a change, and forwards by name to the address', async () => {
    const hosts: (string | undefined)[] = [];
    const service = createServer(({ headers }, response) => {
      hosts.push(headers.host);
      response.end();
    });
    await new Promise<void>((done) => service.listen(0, '127.0.0.1', done));
    const { port } = service.address() as AddressInfo;
    const gateway = await GatewayUnderTest.start({ REGISTRY_ALLOWED_NETWORKS: '127.0.0.0/8,::1' });
    const url = `http://localhost:${port}`;
    expect((await gateway.register({ name: 'users', url, id: 'a' })).status).toBe(201);
    for (const outside of ['http://10.0.0.1', 'http://[fd00::1]:80'])
      expect(await gateway.register({ name: 'users', url: outside, id: 'a' })).toMatchObject({
        status: 403,
        body: { type: 'urn:msa-gateway:problem:target-refused' },
      });
    for (const several of ['http://0.0.0.0', 'http://0:80', 'http://[ff02::1]'])
      expect(await gateway.register({ name: 'users', url: several, id: 'a' })).toMatchObject({
        status: 422,
        body: { type: 'urn:msa-gateway:problem:target-not-unicast' },
      });
    expect((await gateway.get('/discovery/services')).body).toMatchObject([{ id: 'a', url }]);
    expect((await gateway.get('/api/users/')).status).toBe(200);
    expect(hosts).toEqual([`localhost:${port}`]);
    await gateway.stop();
    await new Promise((done) => service.close(done));
  });
});
