import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import type { StoredInstance } from '../store/stored-instance.js';
import { storedFrom } from '../stored-from.js';

const NOW = Date.UTC(2026, 0, 1);

const instance = (id: string, fields: Partial<StoredInstance> = {}): StoredInstance => ({
  ...storedFrom({ name: 'users', url: 'http://127.0.0.1:9001', ttlSeconds: 2 }, id, NOW),
  ...fields,
});

const down = { status: 'down', reason: 'refused' } as const;
const change = { type: 'status-changed', reason: 'refused' } as const;

/** What every store keeps to, whatever it is made of. `create` gives an empty one. */
export function describeRegistryStore(
  name: string,
  create: () => RegistryStore | Promise<RegistryStore>,
): void {
  describe(`${name} as a RegistryStore`, () => {
    let store: RegistryStore;
    let changes: StoreChange[];

    beforeEach(async () => {
      store = await create();
      changes = [];
      store.watch((seen) => changes.push(seen));
    });

    const seen = () => changes.map(({ type, before, after }) => `${type} ${(after ?? before)?.id ?? ''}`);

    it('gives back what was put, in order of registration', async () => {
      await store.put(instance('b'), 'it registered');
      await store.put(instance('a', { metadata: { zone: 'ä' }, weight: 7 }), 'it registered');
      expect(await store.get('a')).toEqual(instance('a', { metadata: { zone: 'ä' }, weight: 7 }));
      expect((await store.all()).map(({ id }) => id)).toEqual(['b', 'a']);
      expect(await store.get('c')).toBeUndefined();
    });

    it('answers with what was replaced, and tells a newcomer from a renewal', async () => {
      expect(await store.put(instance('a'), 'it registered')).toBeUndefined();
      expect(await store.put(instance('a', { weight: 1 }), 'it registered')).toEqual(instance('a'));
      expect(await store.all()).toEqual([instance('a', { weight: 1 })]);
      expect(seen()).toEqual(['registered a', 'renewed a']);
      expect(changes[1]).toMatchObject({ before: { weight: 100 }, after: { weight: 1 } });
    });

    it('tells of a move to another state, and of none to the same', async () => {
      await store.put(instance('a'), 'it registered');
      expect(await store.move('a', { health: down }, change)).toMatchObject({ health: down });
      expect(await store.move('a', { health: { ...down } }, change)).toMatchObject({ health: down });
      expect(await store.move('b', { health: down }, change)).toBeUndefined();
      expect(seen()).toEqual(['registered a', 'status-changed a']);
      expect(changes[1]).toMatchObject({ reason: 'refused', before: { health: { status: 'up' } } });
    });

    it('notes vitals without telling, and brings nobody to life by them', async () => {
      await store.put(instance('a'), 'it registered');
      expect(await store.touch('a', { expiresAt: NOW + 9000, report: { inFlight: 2 } })).toEqual(
        instance('a', { expiresAt: NOW + 9000, report: { inFlight: 2 } }),
      );
      await store.remove('a', 'it left');
      expect(await store.touch('a', { expiresAt: NOW + 9000 })).toBeUndefined();
      expect(await store.all()).toEqual([]);
      expect(seen()).toEqual(['registered a', 'unregistered a']);
    });

    it('removes once', async () => {
      await store.put(instance('a'), 'it registered');
      expect(await store.remove('a', 'it left')).toEqual(instance('a'));
      expect(await store.remove('a', 'it left')).toBeUndefined();
      expect(changes).toHaveLength(2);
      expect(changes[1]).toMatchObject({ type: 'unregistered', reason: 'it left', after: undefined });
    });

    it('takes out what has expired, once, and nothing else', async () => {
      await store.put(instance('a'), 'it registered');
      await store.put(instance('b', { expiresAt: NOW + 2001 }), 'it registered');
      expect(await store.takeExpired(NOW + 1999)).toEqual([]);
      expect((await store.takeExpired(NOW + 2000)).map(({ id }) => id)).toEqual(['a']);
      expect(await store.takeExpired(NOW + 2000)).toEqual([]);
      expect((await store.all()).map(({ id }) => id)).toEqual(['b']);
      expect(changes.at(-1)).toMatchObject({ type: 'expired', before: { id: 'a' }, after: undefined });
    });

    it('moves the end of every lease, forward and back', async () => {
      await store.put(instance('a'), 'it registered');
      await store.shiftLeases(5000);
      expect(await store.takeExpired(NOW + 6999)).toEqual([]);
      await store.shiftLeases(-5000);
      expect(await store.takeExpired(NOW + 2000)).toHaveLength(1);
    });

    it('has told a change before its promise resolves', async () => {
      await store.put(instance('a'), 'it registered');
      expect(seen()).toEqual(['registered a']);
      await store.move('a', { isDraining: true }, { type: 'draining', reason: 'asked' });
      expect(seen()).toEqual(['registered a', 'draining a']);
    });

    it('tells nothing to who has stopped watching', async () => {
      const late: StoreChange[] = [];
      const stop = store.watch((one) => late.push(one));
      stop();
      await store.put(instance('a'), 'it registered');
      expect(late).toEqual([]);
    });
  });
}
