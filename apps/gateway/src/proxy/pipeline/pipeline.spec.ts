import { Forward } from '../forward/forward.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { Pipeline } from './pipeline.js';
import { malformedRequest, unknownService } from '../exchange/problems.js';
import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import type { Stage } from '../exchange/stage.js';
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
  const pipeline = new Pipeline<FakeExchange>({
    router: new Router(new RouteTable(services, (service) => ({ ...compileRoute(service), stages }))),
    forward: new Forward({
      services,
      forwarders: { http: forwarder, local: forwarder },
      reports: NO_REPORTS,
      recorder,
    }),
    recorder,
    onError: (error) => errors.push(error),
  });
  return { pipeline, forwarder, ended, errors };
}

const stage = (enter: Stage['enter']): Stage => ({ name: 'scripted', enter });

describe('Pipeline', () => {
  it('runs the stages in order, waits for those that wait, and forwards', async () => {
    const entered: string[] = [];
    const { pipeline, forwarder } = harnessOf([
      stage(() => entered.push('first') > 0),
      stage(() => Promise.resolve(entered.push('second') > 0)),
      stage(() => entered.push('third') > 0),
    ]);
    pipeline.run(new FakeExchange());
    expect([entered, forwarder.sentTo]).toEqual([['first', 'second'], []]);
    await Promise.resolve();
    await Promise.resolve();
    expect([entered, forwarder.sentTo]).toEqual([['first', 'second', 'third'], ['a']]);
  });

  it.each([
    ['at once', () => false],
    ['later', () => Promise.resolve(false)],
  ])('does not continue after a stage has replied %s', async (_when, passage) => {
    const { pipeline, forwarder } = harnessOf([
      stage((exchange) => {
        exchange.reply(unknownService('scripted'));
        return passage();
      }),
    ]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    await new Promise(setImmediate);
    expect([exchange.codes, forwarder.sentTo]).toEqual([['unknown-service'], []]);
  });

  it('does nothing for a client that disconnected while a stage waited', async () => {
    const { pipeline, forwarder, ended } = harnessOf([stage(() => Promise.resolve(true))]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    pipeline.end(exchange);
    await new Promise(setImmediate);
    expect([forwarder.sentTo, exchange.codes, ended]).toEqual([[], [], [exchange]]);
  });

  it('notifies the stage in which an exchange waits that its client has disconnected', () => {
    const gone: object[] = [];
    const waiting: Stage = {
      name: 'waiting',
      enter: () => new Promise(() => undefined),
      gone: (exchange) => gone.push(exchange),
    };
    const { pipeline } = harnessOf([stage(() => true), waiting]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    pipeline.end(exchange);
    expect(gone).toEqual([exchange]);
  });

  it('notifies the stages that an exchange has passed when it ends, once, in reverse order', async () => {
    const left: string[] = [];
    const named = (name: string, enter: Stage['enter']): Stage => ({
      name,
      enter,
      leave: () => left.push(name),
    });
    const { pipeline } = harnessOf([
      named('first', () => true),
      named('second', () => Promise.resolve(true)),
      named('third', () => false),
    ]);
    const exchange = new FakeExchange();
    pipeline.run(exchange);
    await new Promise(setImmediate);
    pipeline.end(exchange);
    pipeline.end(exchange);
    expect(left).toEqual(['second', 'first']);
    const early = new FakeExchange();
    pipeline.run(early);
    pipeline.end(early);
    await new Promise(setImmediate);
    expect(left.slice(2)).toEqual(['first', 'second']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('responds with 500 and reports the error when a stage %s', async (_how, enter) => {
    const { pipeline, errors } = harnessOf([stage(enter)]);
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
