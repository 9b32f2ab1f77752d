import { TraceContext } from './trace-context.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const members = (count: number): string => Array.from({ length: count }, (_, n) => `k${n}=v`).join();

/** The fields that a neighbour receives when it is called while a request with `headers` is handled. */
const carried = (headers: Record<string, string>) =>
  TraceContext.from(headers)?.run(() => TraceContext.fields);

describe('The trace fields of a request', () => {
  it.each([
    PARENT,
    PARENT.replace(/01$/, '00'),
    // A later version (Trace Context, section 3.2.1) is passed on unchanged, with its additional fields.
    PARENT.replace(/^00/, '01'),
    `${PARENT.replace(/^00/, 'cc')}-what-the-future-holds`,
  ])('include the traceparent %s', (traceparent) => {
    expect(carried({ traceparent, tracestate: 'a=1' })).toEqual({ traceparent, tracestate: 'a=1' });
  });

  it.each([
    '',
    'nonsense',
    PARENT.toUpperCase(),
    PARENT.replace(/^00/, 'ff'),
    `${PARENT}-more`,
    `${PARENT}, ${PARENT}`,
    PARENT.replace(TRACE_ID, '0'.repeat(32)),
    PARENT.replace('00f067aa0ba902b7', '0'.repeat(16)),
    PARENT.replace(TRACE_ID, TRACE_ID.slice(1)),
    `${PARENT.replace(/^00/, '01')}x`,
    `${PARENT.replace(/^00/, '01')}-${'x'.repeat(257)}`,
  ])('include neither the traceparent "%s" nor the tracestate beside it', (traceparent) => {
    expect(carried({ traceparent, tracestate: 'a=1' })).toBeUndefined();
    expect(carried({ traceparent, tracestate: 'a=1', baggage: 'b=2' })).toEqual({ baggage: 'b=2' });
  });

  it.each(['a=1', 'tenant@vendor=x y', '0=~', 'a=1, b=2,,c=3 ', members(32)])(
    'include the tracestate "%s"',
    (tracestate) => {
      expect(carried({ traceparent: PARENT, tracestate })).toEqual({ traceparent: PARENT, tracestate });
    },
  );

  it.each([
    'A=1',
    'a',
    'a=',
    'a=b=c',
    'a=é',
    `a=${'x'.repeat(257)}`,
    members(33),
    `${'x'.repeat(250)}=1,${'y'.repeat(250)}=${'z'.repeat(20)}`,
  ])('do not include the tracestate "%s"', (tracestate) => {
    expect(carried({ traceparent: PARENT, tracestate })).toEqual({ traceparent: PARENT });
  });

  it.each(['a=1', 'a=', 'user_id=%E2%82%AC;private;ttl=3 , b = 2', `a=${'x'.repeat(8190)}`])(
    'include the baggage "%s"',
    (baggage) => expect(carried({ baggage })).toEqual({ baggage }),
  );

  it.each(['', 'a', '=1', 'a=1,', 'a=é', 'a b=1', `a=${'x'.repeat(8191)}`])(
    'do not include the baggage "%s"',
    (baggage) => expect(carried({ baggage })).toBeUndefined(),
  );

  it('are carried until the response is sent', async () => {
    const trace = TraceContext.from({ traceparent: PARENT })!;
    await trace.run(async () => {
      await Promise.resolve();
      expect(TraceContext.fields).toEqual({ traceparent: PARENT });
      trace.end();
      expect(TraceContext.fields).toEqual({});
    });
    expect(TraceContext.fields).toEqual({});
  });
});
