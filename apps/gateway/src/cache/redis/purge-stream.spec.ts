import { connect, connectionTo, newId } from '#service-kit';
import { startRedis, waitFor, withRedis } from '#testing';
import { TcpRelay } from '../../discovery/testing/tcp-relay.js';
import type { PurgeSelector } from '../purges/purge-selector.js';
import { PurgeStream } from './purge-stream.js';

const LAMP = { service: 'products', path: '/products/lamp', tags: [] };
const OF_LAMP: PurgeSelector = { path: LAMP.path };

/** The stream of one gateway, and what it was told. */
class Gateway {
  readonly told: PurgeSelector[] = [];
  missed = 0;
  readonly changes: string[] = [];
  readonly stream: PurgeStream;

  constructor(url: string, prefix: string) {
    this.stream = new PurgeStream({ url, prefix, gateway: newId() }, (cause) =>
      this.changes.push(cause === undefined ? 'available' : 'unavailable'),
    );
    this.stream.listen({
      onPurge: (selector) => this.told.push(selector),
      onMissed: () => (this.missed += 1),
    });
  }

  get position() {
    const { position } = this.stream;
    if (!position) throw new Error('not connected yet');
    return position;
  }
}

withRedis('The stream of purges', (redis) => {
  const gateways: Gateway[] = [];
  const relays: TcpRelay[] = [];
  const open = async (prefix: string, url = redis().url): Promise<Gateway> => {
    const gateway = new Gateway(url, prefix);
    gateways.push(gateway);
    await gateway.stream.start();
    return gateway;
  };
  const relayTo = async (port: number): Promise<TcpRelay> => {
    const relay = await TcpRelay.to(port);
    relays.push(relay);
    return relay;
  };
  const isAway = ({ stream }: Gateway) => stream.openSession === undefined;
  const command = async (...args: [string, ...string[]]) => {
    const client = connectionTo({ url: redis().url, prefix: 'spec' }, 1000);
    await connect(client);
    await client.call(...args);
    client.disconnect();
  };

  afterAll(async () => {
    await Promise.all(gateways.map(({ stream }) => stream.stop()));
    for (const relay of relays) relay.close();
  });

  it('carries a purge to the other gateways, in order', async () => {
    const prefix = newId();
    const [one, other] = [await open(prefix), await open(prefix)];
    const before = other.position;
    for (const path of ['/a', '/b', '/c']) await one.stream.announce({ path, tags: ['x'] });
    await waitFor('the purges', () => other.told.length === 3);
    expect(other.told.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
    expect(one.told).toEqual([]);
    await waitFor('its own purges', () => one.position.id === other.position.id);
    for (const { stream } of [one, other]) {
      expect(stream.hasPurged({ ...LAMP, path: '/c', tags: ['x'] }, before)).toBe(true);
      expect(stream.hasPurged({ ...LAMP, path: '/c', tags: ['x'] }, other.position)).toBe(false);
      expect(stream.hasPurged(LAMP, before)).toBe(false);
    }
  });

  it('counts a response as purged before the store has confirmed it', async () => {
    const gateway = await open(newId());
    const { position } = gateway;
    const announced = gateway.stream.announce(OF_LAMP);
    expect(gateway.stream.hasPurged(LAMP, { ...position, id: Infinity })).toBe(true);
    await announced;
    expect(gateway.stream.hasPurged(LAMP, position)).toBe(true);
    expect(gateway.stream.hasPurged(LAMP, { ...position, id: Infinity })).toBe(false);
    expect(gateway.stream.hasPurged({ ...LAMP, path: '/' }, { epoch: 'another', id: Infinity })).toBe(true);
  });

  it('tells a gateway that starts what was purged before', async () => {
    const prefix = newId();
    const one = await open(prefix);
    const { position } = one;
    await one.stream.announce(OF_LAMP);
    const late = await open(prefix);
    expect(late.stream.hasPurged(LAMP, position)).toBe(true);
    expect(late.stream.hasPurged(LAMP, late.position)).toBe(false);
    expect(late.stream.hasPurged({ ...LAMP, path: '/desk' }, position)).toBe(false);
    // What came before the stream is not known.
    expect(late.stream.hasPurged({ ...LAMP, path: '/desk' }, { ...position, id: position.id - 1 })).toBe(
      true,
    );
  });

  it('tells the purges that a gateway missed while it was cut off', async () => {
    const prefix = newId();
    const relay = await relayTo(redis().port);
    const [one, cut] = [await open(prefix), await open(prefix, relay.url)];
    const { missed } = cut;
    relay.disconnect();
    await waitFor('the loss', () => isAway(cut));
    const receivedAt = cut.stream.receivedAt;
    await one.stream.announce(OF_LAMP);
    await expect(cut.stream.announce({ path: '/own' })).rejects.toThrow('Redis is not connected');
    expect(cut.stream.receivedAt).toBe(receivedAt);
    relay.reconnect();
    await waitFor('the connection', () => !isAway(cut));
    expect(cut.told).toEqual([OF_LAMP]);
    expect(cut.missed).toBe(missed);
    expect(cut.stream.receivedAt).toBeGreaterThan(receivedAt);
    expect(cut.changes).toEqual(['available', 'unavailable', 'available']);
    await waitFor('the purge that had to wait', () => one.told.length === 1);
    expect(one.told).toEqual([{ path: '/own' }]);
  });

  it.each(['cut off', 'connected'])(
    'tells a gateway that purges are missing, while it is %s',
    async (state) => {
      const prefix = newId();
      const relay = await relayTo(redis().port);
      const [one, cut] = [await open(prefix), await open(prefix, relay.url)];
      const { missed, position } = cut;
      if (state === 'cut off') {
        relay.disconnect();
        await waitFor('the loss', () => isAway(cut));
        await one.stream.announce(OF_LAMP);
        await command('XTRIM', `{${prefix}}:cache-purges`, 'MAXLEN', '0');
        relay.reconnect();
      } else {
        await command('HINCRBY', `{${prefix}}:cache-state`, 'newest', '5');
        await one.stream.announce(OF_LAMP);
      }
      await waitFor('the news', () => cut.missed === missed + 1);
      await waitFor('the connection', () => !isAway(cut));
      expect(cut.stream.hasPurged({ ...LAMP, path: '/any' }, position)).toBe(true);
      expect(cut.stream.hasPurged({ ...LAMP, path: '/any' }, cut.position)).toBe(false);
    },
  );

  it('drops everything when the store has lost purges, and sends what had to wait', async () => {
    const server = await startRedis();
    const prefix = newId();
    const [one, other] = [await open(prefix, server.url), await open(prefix, server.url)];
    await one.stream.announce(OF_LAMP);
    const { position } = one;
    await server.stop();
    await waitFor('the loss', () => isAway(one) && isAway(other));
    for (let i = 0; i <= 1000; i += 1) await expect(one.stream.announce({ path: `/${i}` })).rejects.toThrow();
    const next = await startRedis(server.port);
    await waitFor('both', () => !isAway(one) && !isAway(other));
    expect([one.missed, other.missed]).toEqual([2, 2]);
    expect(one.stream.hasPurged({ ...LAMP, path: '/any' }, position)).toBe(true);
    // Too many have waited.
    await waitFor('the purge', () => other.told.length > 1);
    expect(other.told.slice(1)).toEqual([{}]);
    await waitFor('the same position', () => one.position.id === other.position.id);
    expect(one.position.epoch).toBe(other.position.epoch);
    expect(one.position.epoch).not.toBe(position.epoch);
    expect(one.position.id).toBeGreaterThan(position.id);
    await Promise.all([one.stream.stop(), other.stream.stop()]);
    await next.stop();
  });

  it('begins a new epoch when the store is behind what a gateway knows', async () => {
    const prefix = newId();
    const relay = await relayTo(redis().port);
    const gateway = await open(prefix, relay.url);
    const { position, missed } = gateway;
    relay.disconnect();
    await waitFor('the loss', () => isAway(gateway));
    await command('HINCRBY', `{${prefix}}:cache-state`, 'newest', '-1');
    relay.reconnect();
    await waitFor('the news', () => gateway.missed === missed + 1);
    expect(gateway.position.epoch).not.toBe(position.epoch);
    expect(gateway.position.id).toBeGreaterThanOrEqual(position.id);
  });
});
