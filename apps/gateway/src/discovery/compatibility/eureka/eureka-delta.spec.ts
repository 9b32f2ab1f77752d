import { viewOf } from '../../registry/instance-view.js';
import { MemoryStore } from '../../store/memory/memory.store.js';
import { HistoryHarness } from '../../testing/history-harness.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { eurekaDeltaOf } from './eureka-delta.js';

describe('eurekaDeltaOf', () => {
  const clock = new ManualClock();
  let harness: HistoryHarness;
  beforeEach(() => {
    harness = new HistoryHarness(new MemoryStore(clock, { retentionMs: 3_600_000 }), clock);
    harness.history.onApplicationBootstrap();
  });

  async function delta() {
    const views = (await harness.store.list()).map((stored) => viewOf(stored, 'http'));
    const { application, apps__hashcode: hash } = eurekaDeltaOf(
      harness.history,
      views,
      clock.now(),
    ).applications;
    const changes = application.flatMap(({ instance }) =>
      instance.map(({ instanceId, actionType, status }) => [instanceId, actionType, status]),
    );
    return { changes, hash };
  }

  it('names a change for three minutes, and counts every instance in the hash code', async () => {
    await harness.register('a');
    clock.advance(100_000);
    await harness.register('b');
    expect((await delta()).changes.map(([id]) => id)).toEqual(['a', 'b']);
    clock.advance(100_000);
    expect(await delta()).toEqual({ changes: [['b', 'MODIFIED', 'UP']], hash: 'UP_2_' });
    clock.advance(100_000);
    expect(await delta()).toEqual({ changes: [], hash: 'UP_2_' });
  });

  it('shows an instance once, as it is now', async () => {
    await harness.register('a');
    await harness.store.changeState('a', { isDraining: true }, { type: 'draining', reason: 'asked' });
    expect(await delta()).toEqual({
      changes: [['a', 'MODIFIED', 'OUT_OF_SERVICE']],
      hash: 'OUT_OF_SERVICE_1_',
    });
  });

  it('names an instance that has left, whether it joined before or within the three minutes', async () => {
    await harness.register('a');
    clock.advance(200_000);
    await harness.register('b');
    for (const id of ['a', 'b']) await harness.store.remove(id, 'left');
    const { changes, hash } = await delta();
    expect([changes.map(([id, action]) => [id, action]), hash]).toEqual([
      [
        ['b', 'DELETED'],
        ['a', 'DELETED'],
      ],
      '',
    ]);
  });
});
