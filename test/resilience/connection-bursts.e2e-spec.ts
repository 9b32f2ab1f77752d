import { Agent } from 'undici';
import { ScriptedFleet, type ScriptedInstance } from './support/scripted-fleet.js';

/** Maximum number of requests that wait for a connection to be established; see upstream-pool.ts. */
const MAX_CONNECTING = 64;
const BURST = 1000;
/**
 * Longer than the instance is blocked, and shorter than the second after which the kernel retransmits a
 * dropped SYN.
 */
const CONNECT_MS = '900';
const STALL_MS = 500;

describe('A burst of new connections that overflows the accept queue of an instance', () => {
  let fleet: ScriptedFleet;
  let clients: Agent;

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
  });
  beforeEach(() => {
    clients = new Agent({ connections: null, pipelining: 1 });
  });
  afterEach(() => clients.destroy());

  const statusOf = async (service: string): Promise<number> => {
    const { statusCode, body } = await clients.request({
      origin: fleet.url,
      path: `/api/${service}/x`,
      method: 'GET',
    });
    await body.dump();
    return statusCode;
  };

  /** Number of requests of the burst by status. */
  async function burst(service: string): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    const statuses = await Promise.all(Array.from({ length: BURST }, () => statusOf(service)));
    for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  async function stalling(service: string): Promise<ScriptedInstance> {
    const member = await fleet.add(service, `${service}-a`, {
      behaviour: 'stalls',
      delayMs: STALL_MS,
      metadata: { 'gateway.timeout.connect-ms': CONNECT_MS },
    });
    expect(await statusOf(service)).toBe(200);
    void fetch(`${member.url}/stall`);
    await member.process.waitForOutput(/^stalls$/m);
    return member;
  }

  it('does not eject the instance, and fails few requests with a connect time-out', async () => {
    const { id } = await stalling('burst');
    const counts = await burst('burst');
    expect(counts[503]).toBeUndefined();
    expect(BURST - counts[200]!).toBeLessThanOrEqual(MAX_CONNECTING);
    expect(fleet.log).not.toMatch(new RegExp(`"${id}".*"down"`));
    expect((await fleet.statusOf(id)).status).toBe('up');
  });
});
