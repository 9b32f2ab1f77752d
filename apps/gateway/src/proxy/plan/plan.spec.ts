import { setImmediate as turn } from 'node:timers/promises';
import { inSlices } from './in-slices.js';
import { forwarded, unknownOutcome, type Outcome } from './outcome.js';
import { describeChange, PlanBuilder } from './plan.js';

const refused: Outcome = {
  ...forwarded('', 'place-order'),
  service: null,
  status: 401,
  problem: 'unauthenticated',
  reason: 'authentication: no credentials',
};

describe('PlanBuilder', () => {
  it('groups requests that change in the same way, and says how', () => {
    const builder = new PlanBuilder();
    const add = (next: Outcome, id: string) =>
      builder.add({ requestId: id, method: 'POST', target: `/${id}` }, forwarded('orders', undefined), next);
    for (let i = 0; i < 1200; i += 1) add(forwarded('orders', 'renamed'), `same-${i}`);
    for (const id of ['a', 'b']) add(refused, id);
    add(unknownOutcome('header field x-new'), 'c');
    const plan = builder.build();
    expect([plan.total, plan.changed, plan.unknown]).toEqual([1203, 2, 1]);
    expect(plan.changes[0]).toMatchObject({ count: 2, example: 'POST /a', requestIds: ['a', 'b'] });
    expect(plan.changes.map((change) => describeChange(change, plan.total))).toEqual([
      '2 of 1,203 would become 401 unauthenticated: route place-order, authentication: no credentials (now forwarded to orders, no named route)',
      '1 of 1,203 cannot be determined: they depend on header field x-new (now forwarded to orders)',
    ]);
  });

  it('lists requests of which neither file tells what becomes of them', () => {
    const builder = new PlanBuilder();
    const untold = unknownOutcome('the whole request');
    builder.add({ requestId: 'a', method: 'GET', target: '/a' }, untold, untold);
    const { total, changed, unknown, changes } = builder.build();
    expect([total, changed, unknown]).toEqual([1, 0, 1]);
    expect(describeChange(changes[0]!, total)).toBe(
      '1 of 1 cannot be determined: they depend on the whole request',
    );
  });
});

describe('inSlices', () => {
  it('lets the event loop turn between items that take long', async () => {
    let turns = 0;
    const state = { isDone: false };
    const counting = (async () => {
      for (; !state.isDone; turns += 1) await turn();
    })();
    for await (const _ of inSlices(Array(10).keys())) {
      const end = performance.now() + 3;
      while (performance.now() < end);
    }
    state.isDone = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(4);
  });
});
