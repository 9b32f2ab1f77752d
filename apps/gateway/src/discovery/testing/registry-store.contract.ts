import type { RecordedChange, RegistryStore, StoreChange } from '../store/registry-store.js';
import { isExpired, type NewInstance } from '../store/stored-instance.js';
import { newInstanceFrom } from '../store/new-instance.js';

/** A store under test, and control of its time. */
export interface StoreHarness {
  readonly store: RegistryStore;
  /** Advances the time with regular sweeps. */
  pass(ms: number): Promise<void>;
  /** Advances the time without sweeps. */
  stall(ms: number): Promise<void>;
}

const TTL_SECONDS = 0.5;

const instance = (id: string, fields: Partial<NewInstance> = {}): NewInstance => ({
  ...newInstanceFrom({ name: 'users', url: 'http://127.0.0.1:9001' }, id, 'http://127.0.0.1:9001'),
  ttlSeconds: TTL_SECONDS,
  ...fields,
});

const down = { status: 'down', reason: 'refused' } as const;
const cause = { type: 'status-changed', reason: 'refused' } as const;

/** The contract of every store. `create` returns an empty one. */
export function describeRegistryStore(name: string, create: () => Promise<StoreHarness>): void {
  describe(`${name} as a RegistryStore`, () => {
    let harness: StoreHarness;
    let store: RegistryStore;
    let changes: StoreChange[];
    let records: RecordedChange[];

    beforeEach(async () => {
      harness = await create();
      store = harness.store;
      changes = [];
      records = [];
      store.watch((seen) => changes.push(seen));
      store.follow((part) => records.push(...part.changes));
    });

    const seen = () => records.map(({ type, before, after }) => `${type} ${(after ?? before)?.id ?? ''}`);
    /** Ids of the instances whose lease runs. */
    const ids = async () => (await store.list()).filter((each) => !isExpired(each)).map(({ id }) => id);

    it('returns instances as put, in order of first registration', async () => {
      await store.put(instance('b'), 'registered');
      const other = instance('a', { name: 'orders', metadata: { zone: 'ä"\\/\u0001', '1': '' }, weight: 7 });
      await store.put(other, 'registered');
      await store.put(instance('b', { weight: 1 }), 'registered');
      expect(await store.get('a')).toMatchObject({ ...other, report: {}, lastProbe: null });
      expect(await store.get('c')).toBeUndefined();
      expect(await ids()).toEqual(['b', 'a']);
      expect(await store.list('users')).toMatchObject([{ id: 'b', weight: 1 }]);
      expect(await store.list('unknown')).toEqual([]);
    });

    it('starts a lease by its own clock', async () => {
      const { after } = await store.put(instance('a', { ttlSeconds: 300 }), 'registered');
      expect(after.expiresAt - after.registeredAt).toBe(300_000);
      expect(after.lastHeartbeatAt).toBe(after.registeredAt);
      expect(await store.get('a')).toEqual(after);
    });

    it('returns the replaced instance, and distinguishes a registration from a renewal', async () => {
      expect((await store.put(instance('a'), 'registered')).before).toBeUndefined();
      await store.recordHeartbeat('a', { inFlight: 3 });
      const { before, after } = await store.put(instance('a', { weight: 1 }), 'registered');
      expect(before).toMatchObject(instance('a'));
      expect(after).toMatchObject({ weight: 1, report: {} });
      expect(seen()).toEqual(['registered a', 'renewed a']);
      expect(records[1]).toMatchObject({ before: { weight: 100 }, after: { weight: 1 } });
    });

    it('records changes with their time, under ids that grow by at least two', async () => {
      for (const weight of [1, 2, 3]) await store.put(instance('a', { weight }), 'registered');
      const steps = records.slice(1).map(({ id }, i) => id - (records[i]?.id ?? id));
      expect(Math.min(...steps)).toBeGreaterThanOrEqual(2);
      const { after } = await store.put(instance('b'), 'registered');
      expect(records.at(-1)).toMatchObject({ at: after.registeredAt });
    });

    it('records a change of state, but not an identical state', async () => {
      await store.put(instance('a'), 'registered');
      expect(await store.changeState('a', { health: down }, cause)).toMatchObject({ health: down });
      expect(await store.changeState('a', { health: { ...down } }, cause)).toMatchObject({ health: down });
      expect(await store.changeState('a', { isDraining: false }, cause)).toMatchObject({ isDraining: false });
      expect(await store.changeState('b', { health: down }, cause)).toBeUndefined();
      expect(seen()).toEqual(['registered a', 'status-changed a']);
      expect(records[1]).toMatchObject({ reason: 'refused', before: { health: { status: 'up' } } });
    });

    it('changes the weight of an instance until it registers again', async () => {
      await store.put(instance('a'), 'registered');
      const set = { type: 'weight-changed', reason: 'weight set to 0' } as const;
      expect(await store.changeState('a', { weight: 0 }, set)).toMatchObject({ weight: 0 });
      expect(await store.changeState('a', { weight: 0 }, set)).toMatchObject({ weight: 0 });
      expect(await store.get('a')).toMatchObject({ weight: 0, isDraining: false, health: { status: 'up' } });
      expect(seen()).toEqual(['registered a', 'weight-changed a']);
      await store.put(instance('a'), 'registered');
      expect(await store.get('a')).toMatchObject({ weight: 100 });
    });

    it('applies a change of health only to an instance that still has the endpoint', async () => {
      await store.put(instance('a'), 'registered');
      const elsewhere = 'http://127.0.0.1:9002';
      expect(await store.changeState('a', { health: down }, cause, elsewhere)).toMatchObject({ id: 'a' });
      expect(await store.get('a')).toMatchObject({ health: { status: 'up' } });
      await store.changeState('a', { health: down }, cause, 'http://127.0.0.1:9001');
      expect(await store.get('a')).toMatchObject({ health: down });
    });

    it('renews the leases of registered instances on evidence of traffic', async () => {
      const { after } = await store.put(instance('a'), 'registered');
      await harness.pass(300);
      await store.renewLeases(['a', 'b']);
      await harness.pass(300);
      expect(await ids()).toEqual(['a']);
      expect(await store.get('a')).toMatchObject({ lastHeartbeatAt: after.lastHeartbeatAt });
      await harness.pass(400);
      expect(await ids()).toEqual([]);
    });

    it('is responsible for every instance if it is the only gateway', async () => {
      await store.put(instance('a'), 'registered');
      await store.sweep();
      expect(store.isResponsibleFor('a')).toBe(true);
    });

    it('renews a lease without a change, and does not create an instance by it', async () => {
      const { after: before } = await store.put(instance('a'), 'registered');
      await harness.pass(200);
      const report = {
        inFlight: 2,
        loopLagMs: 0.5,
        calls: [{ to: 'orders', kind: 'call', total: 3, failed: 1 }],
        backlog: { name: 'pending orders', count: 4 },
        events: { waiting: 3, oldestSeconds: 70, deadLetters: 1 },
      } as const;
      const after = await store.recordHeartbeat('a', report);
      expect(after).toMatchObject({ report });
      const { expiresAt = 0, lastHeartbeatAt = 0 } = after ?? {};
      expect(expiresAt).toBeGreaterThan(before.expiresAt);
      expect(expiresAt - lastHeartbeatAt).toBe(TTL_SECONDS * 1000);
      expect(await store.get('a')).toEqual(after);
      await store.remove('a', 'it left');
      expect(await store.recordHeartbeat('a', {})).toBeUndefined();
      expect(await ids()).toEqual([]);
      expect(seen()).toEqual(['registered a', 'unregistered a']);
    });

    it('stores results of health checks of registered instances', async () => {
      const result = { at: '2026-01-01T00:00:00.000Z', ok: false, latencyMs: 0.1 };
      await store.put(instance('a'), 'registered');
      await store.recordHealthChecks(
        new Map([
          ['a', result],
          ['b', result],
        ]),
      );
      expect(await store.get('a')).toMatchObject({ lastProbe: result });
      expect(await ids()).toEqual(['a']);
    });

    it('removes an instance once', async () => {
      await store.put(instance('a'), 'registered');
      expect(await store.remove('a', 'it left')).toMatchObject(instance('a'));
      expect(await store.remove('a', 'it left')).toBeUndefined();
      expect(records).toHaveLength(2);
      expect(records[1]).toMatchObject({ type: 'unregistered', reason: 'it left', after: undefined });
    });

    it('keeps an expired instance as down, expires it once, and affects no other', async () => {
      await store.put(instance('a'), 'registered');
      await store.changeState('a', { isDraining: true }, { type: 'draining', reason: 'requested' });
      await store.put(instance('b', { ttlSeconds: 300 }), 'registered');
      expect((await store.sweep()).expired).toEqual([]);
      await harness.pass(700);
      expect(await ids()).toEqual(['b']);
      const [expired] = await store.list();
      const { expiredAt = NaN } = expired?.health ?? {};
      const reason = 'lease expired: no heartbeat for 0.5 s';
      expect(expired).toMatchObject({ id: 'a', isDraining: false, health: { status: 'down', reason } });
      expect(expired?.expiresAt).toBe(expiredAt);
      expect(expiredAt - (expired?.registeredAt ?? NaN)).toBe(500);
      expect((await store.sweep()).expired).toEqual([]);
      expect(records.at(-1)).toMatchObject({
        type: 'expired',
        reason,
        before: { id: 'a', isDraining: true },
        after: { id: 'a', health: { status: 'down', expiredAt } },
      });
    });

    it('changes an expired instance only by a registration', async () => {
      await store.put(instance('a'), 'registered');
      await harness.pass(700);
      const expired = await store.get('a');
      expect(await store.recordHeartbeat('a', {})).toBeUndefined();
      expect(
        await store.changeState('a', { health: { status: 'up', reason: 'probed' } }, cause),
      ).toBeUndefined();
      expect(await store.changeState('a', { isDraining: true }, cause)).toBeUndefined();
      await store.renewLeases(['a']);
      const result = { at: '2026-01-01T00:00:00.000Z', ok: true, latencyMs: 1 };
      await store.recordHealthChecks(new Map([['a', result]]));
      expect(await store.get('a')).toEqual(expired);
      await harness.stall(1500);
      await store.sweep();
      expect(await store.get('a')).toEqual(expired);
      const { before, after } = await store.put(instance('a'), 'registered');
      expect(before).toMatchObject({ id: 'a', health: { status: 'down' } });
      expect(after.expiresAt - after.registeredAt).toBe(500);
      expect(await store.recordHeartbeat('a', {})).toMatchObject({ health: { status: 'up' } });
      expect(seen()).toEqual(['registered a', 'expired a', 'renewed a']);
    });

    it('removes expired instances and no others', async () => {
      await store.put(instance('a'), 'registered');
      await store.put(instance('b', { ttlSeconds: 300 }), 'registered');
      await harness.pass(700);
      expect(await store.removeExpired(['b', 'a', 'c'], 'a cleanup')).toEqual(['a']);
      expect(await store.removeExpired(['a'], 'a cleanup')).toEqual([]);
      expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
      expect(records.at(-1)).toMatchObject({ type: 'removed', reason: 'a cleanup', after: undefined });
    });

    it('knows the names of services that lost an instance, and when', async () => {
      const sightings: string[] = [];
      store.names.watch((service) => sightings.push(service));
      await store.put(instance('a'), 'registered');
      await store.put(instance('b', { name: 'orders' }), 'registered');
      await store.put(instance('c', { name: 'papers' }), 'registered');
      expect([...store.names.all]).toEqual([]);
      await harness.pass(700);
      const { expiresAt } = (await store.get('a')) ?? {};
      expect(store.names.all.get('users')).toBe(expiresAt);
      await store.removeExpired(['a', 'b', 'c'], 'a cleanup');
      expect([...store.names.all.keys()].sort()).toEqual(['orders', 'papers', 'users']);
      expect(sightings.sort()).toEqual(['orders', 'papers', 'users']);
    });

    it('knows a name after the last instance was unregistered or registered as another service', async () => {
      await store.put(instance('a', { ttlSeconds: 300 }), 'registered');
      await store.put(instance('a', { name: 'people', ttlSeconds: 300 }), 'registered');
      expect([...store.names.all.keys()]).toEqual(['users']);
      await store.remove('a', 'it left');
      expect(store.names.all.get('people')).toBe(records.at(-1)?.at);
    });

    it('extends leases by the time without sweeps', async () => {
      await store.put(instance('a'), 'registered');
      await store.sweep();
      await harness.stall(1500);
      const { expired, lostMs } = await store.sweep();
      expect(expired).toEqual([]);
      expect(lostMs).toBeGreaterThan(1000);
      expect(await store.sweep()).toMatchObject({ lostMs: 0 });
      expect(await ids()).toEqual(['a']);
      await harness.pass(900);
      expect(await ids()).toEqual([]);
    });

    it('notifies listeners of a change before its promise resolves', async () => {
      await store.put(instance('a'), 'registered');
      expect(changes).toMatchObject([{ before: undefined, after: { id: 'a' } }]);
      await store.changeState('a', { isDraining: true }, { type: 'draining', reason: 'requested' });
      expect(changes[1]).toMatchObject({ before: { isDraining: false }, after: { isDraining: true } });
      await store.remove('a', 'it left');
      expect(changes[2]).toMatchObject({ before: { id: 'a' }, after: undefined });
      expect(seen()).toEqual(['registered a', 'draining a', 'unregistered a']);
    });

    it('does not notify unsubscribed listeners', async () => {
      const late: unknown[] = [];
      const stops = [
        store.watch((one) => late.push(one)),
        store.follow((part) => late.push(...part.changes)),
      ];
      for (const stop of stops) stop();
      await store.put(instance('a'), 'registered');
      expect(late).toEqual([]);
    });
  });
}
