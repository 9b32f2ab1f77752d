import { Forward } from '../forward/forward.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { compilePhases } from './phases.js';
import { Pipeline } from './pipeline.js';
import { malformedRequest, unknownService } from '../exchange/problems.js';
import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import type { Stage, With } from '../exchange/stage.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { FakeForwarder } from '../testing/fake-forwarder.js';
import { instanceOf, tableOf } from '../testing/instances.js';

function harnessOf(stages: readonly Stage[]) {
  const services = tableOf(instanceOf({ id: 'a' }));
  const forwarder = new FakeForwarder({ a: 'pending' });
  const ended: FakeExchange[] = [];
  const errors: unknown[] = [];
  const recorder = {
    attemptFailed: () => undefined,
    tunnelOpened: () => undefined,
    ended: (exchange: unknown) => ended.push(exchange as FakeExchange),
  };
  const onError = (error: unknown) => void errors.push(error);
  const phases = compilePhases(stages, onError);
  const pipeline = new Pipeline<FakeExchange>({
    router: new Router(new RouteTable(services, (service) => ({ ...compileRoute(service), phases }))),
    forward: new Forward({
      services,
      forwarders: { http: forwarder, local: forwarder },
      reports: NO_REPORTS,
      recorder,
    }),
    recorder,
    onError,
  });
  return { pipeline, forwarder, ended, errors };
}

const stage = (request: With<'request'>['request']): Stage => ({ name: 'scripted', request });
const passes = (): undefined => undefined;
const never = (): never => {
  throw new Error('entered');
};
const waits = (): Promise<undefined> => new Promise(() => undefined);

describe('Pipeline', () => {
  it('runs the stages in order, waits for those that wait, and forwards', async () => {
    const entered: string[] = [];
    const entering = (name: string) => (): undefined => {
      entered.push(name);
    };
    const { pipeline, forwarder } = harnessOf([
      stage(entering('first')),
      stage(() => Promise.resolve().then(entering('second'))),
      stage(entering('third')),
    ]);
    pipeline.run(new FakeExchange());
    expect([entered, forwarder.sentTo]).toEqual([['first'], []]);
    await new Promise(setImmediate);
    expect([entered, forwarder.sentTo]).toEqual([['first', 'second', 'third'], ['a']]);
  });

  it.each([
    ['at once', () => unknownService('scripted')],
    ['later', () => Promise.resolve(unknownService('scripted'))],
  ])('sends the reply of a stage %s, and does not continue', async (_when, request) => {
    const { pipeline, forwarder, errors } = harnessOf([stage(request), stage(never)]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    await new Promise(setImmediate);
    expect([exchange.codes, forwarder.sentTo, errors]).toEqual([['unknown-service'], [], []]);
  });

  it('does nothing for a client that disconnected while a stage waited', async () => {
    const { pipeline, forwarder, ended } = harnessOf([stage(() => Promise.resolve(undefined))]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    pipeline.end(exchange);
    await new Promise(setImmediate);
    expect([forwarder.sentTo, exchange.codes, ended]).toEqual([[], [], [exchange]]);
  });

  describe('the complete phase', () => {
    const completed: string[] = [];
    const named = (name: string, request?: Stage['request']): Stage => ({
      name,
      ...(request && { request }),
      complete: (_exchange, passed) => completed.push(`${name} ${passed}`),
    });
    beforeEach(() => completed.splice(0));

    const endAfter = async (stages: readonly Stage[]): Promise<void> => {
      const { pipeline } = harnessOf(stages);
      const exchange = new FakeExchange();
      pipeline.run(exchange);
      await new Promise(setImmediate);
      pipeline.end(exchange);
      pipeline.end(exchange);
    };

    it('runs once, in reverse order, for every stage of a forwarded exchange', async () => {
      await endAfter([
        named('first', passes),
        named('second', () => Promise.resolve(undefined)),
        named('third'),
      ]);
      expect(completed).toEqual(['third true', 'second true', 'first true']);
    });

    it('reports to a stage that it responded, and leaves out the request stages after it', async () => {
      await endAfter([
        named('first', passes),
        named('second', () => unknownService('x')),
        named('third', passes),
      ]);
      expect(completed).toEqual(['second false', 'first true']);
    });

    it('reports to a stage that the exchange ended while it waited', async () => {
      await endAfter([named('first', passes), named('second', waits), named('third', passes)]);
      expect(completed).toEqual(['second false', 'first true']);
    });

    it('runs for the other stages when one throws', async () => {
      const broken: Stage = {
        name: 'broken',
        complete: () => {
          throw new Error('bug');
        },
      };
      await endAfter([named('first', passes), broken]);
      expect(completed).toEqual(['first true']);
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('responds with 500 and reports the error when a stage %s', async (_how, request) => {
    const { pipeline, errors } = harnessOf([stage(request)]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    await new Promise(setImmediate);
    expect([exchange.codes, errors]).toEqual([['internal-error'], [new Error('bug')]]);
  });

  it('replies with the fault that the data plane found', () => {
    const { pipeline, forwarder } = harnessOf([]);
    const exchange = new FakeExchange();
    pipeline.run(exchange, malformedRequest('scripted'));
    expect([exchange.codes, forwarder.sentTo]).toEqual([['malformed-request'], []]);
  });

  it('ends an exchange once, and aborts its running attempt', () => {
    const { pipeline, forwarder, ended } = harnessOf([]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    pipeline.end(exchange);
    pipeline.end(exchange);
    expect([forwarder.aborted, ended]).toEqual([['a'], [exchange]]);
  });
});
