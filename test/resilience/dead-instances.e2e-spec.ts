import { waitFor } from '#testing';
import { ScriptedFleet, type ScriptedInstance } from './support/scripted-fleet.js';
import { Traffic } from './support/traffic.js';

const CLIENTS = 8;

describe('One of three instances', () => {
  let fleet: ScriptedFleet;

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
  });

  /** Starts three instances of `service`. */
  async function three(service: string, metadata = {}): Promise<ScriptedInstance[]> {
    const members = await Promise.all(
      ['a', 'b', 'c'].map((id) => fleet.add(service, `${service}-${id}`, { metadata })),
    );
    return members;
  }

  const urlOf = (service: string): string => `${fleet.url}/api/${service}/x`;
  const untilUsed = (traffic: Traffic, { id }: ScriptedInstance): Promise<unknown> =>
    waitFor(`${id} to be used`, () => traffic.arrivals.some(({ text }) => text === id));

  it('that is killed fails no GET, is down within a second, and is used again soon after its restart', async () => {
    const members = await three('reads');
    const victim = members[1]!;
    const traffic = new Traffic(urlOf('reads'), { clients: CLIENTS, pauseMs: 10 });
    await untilUsed(traffic, victim);
    victim.process.signal('SIGKILL');
    await waitFor(
      'the instance to be down',
      async () => (await fleet.statusOf(victim.id)).status === 'down',
      1_000,
    );
    expect((await fleet.statusOf(victim.id)).statusReason).toMatch(/connect/);
    await victim.process.exited;
    const again = await fleet.add('reads', victim.id, { port: victim.port });
    const since = traffic.arrivals.length;
    await waitFor(
      'it to be used again',
      () => traffic.arrivals.slice(since).some(({ text }) => text === again.id),
      4_000,
    );
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
  });

  it('that is killed fails only the POSTs in flight on it', async () => {
    const [victim] = await three('writes');
    const traffic = new Traffic(urlOf('writes'), { method: 'POST', clients: CLIENTS, pauseMs: 10 });
    await untilUsed(traffic, victim!);
    victim!.process.signal('SIGKILL');
    await waitFor(
      'the instance to be down',
      async () => (await fleet.statusOf(victim!.id)).status === 'down',
    );
    await waitFor('more traffic', () => traffic.countRecent(victim!.id, 50) === 0);
    await traffic.stop();
    expect(traffic.failures.length).toBeLessThanOrEqual(CLIENTS);
    for (const { status } of traffic.failures) expect(status).toBe(502);
  });

  it('that is suspended is down within three seconds, and costs each connection at most one time-out', async () => {
    const [victim] = await three('stopped', { 'gateway.timeout.response-header-ms': '1000' });
    const traffic = new Traffic(urlOf('stopped'), { clients: CLIENTS, pauseMs: 10 });
    await untilUsed(traffic, victim!);
    victim!.process.signal('SIGSTOP');
    // One second until it is suspected, one second for the health check, and a margin for a busy machine.
    await waitFor(
      'the instance to be down',
      async () => (await fleet.statusOf(victim!.id)).status === 'down',
      4_000,
    );
    await traffic.stop();
    expect(traffic.failures.length).toBeLessThanOrEqual(CLIENTS);
    for (const { status } of traffic.failures) expect(status).toBe(504);
    victim!.process.signal('SIGCONT');
    await waitFor(
      'the instance to be up',
      async () => (await fleet.statusOf(victim!.id)).status === 'up',
      8_000,
    );
  });

  it('that responds 500 is ejected for at least a second, with its reason, and returns after a health check', async () => {
    await fleet.add('broken', 'broken-a');
    await fleet.add('broken', 'broken-b', { behaviour: 'fails' });
    const traffic = new Traffic(urlOf('broken'), { clients: 2, pauseMs: 5 });
    let statusReason = '';
    await waitFor('the instance to be down', async () => {
      const seen = await fleet.statusOf('broken-b');
      ({ statusReason } = seen);
      return seen.status === 'down';
    });
    expect(statusReason).toMatch(/^5 consecutive failures, last: received status 500; ejected for 1 s$/);
    await waitFor(
      'a health check to restore the instance',
      async () => (await fleet.statusOf('broken-b')).status === 'up',
    );
    await traffic.stop();
    expect((await fleet.statusOf('broken-a')).status).toBe('up');
  });
});
