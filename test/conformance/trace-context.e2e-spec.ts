import { exchange } from './support/exchange.js';
import { onEveryKind, type ServiceHarness } from './support/harness.js';

type Fields = Readonly<Record<string, string | string[]>>;

const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';
const VALID = `00-${TRACE}-${PARENT}-01`;
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';
const VALUE = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 0x20 + i)).replace(/[,=]/g, '');
const members = (count: number): string => Array.from({ length: count }, (_, i) => `bar${i}=${i}`).join();

/** The cases of the suite of the W3C (github.com/w3c/trace-context, test/test.py) about traceparent. */
const CONTINUED: readonly [string, Fields][] = [
  ['test_traceparent_included_tracestate_missing', { traceparent: VALID }],
  ['test_traceparent_header_name_valid_casing', { TrAcEpArEnT: VALID }],
  ['test_traceparent_header_name_valid_casing', { TRACEPARENT: VALID }],
  ['test_traceparent_version_0xcc', { traceparent: `cc-${VALID.slice(3)}` }],
  ['test_traceparent_version_0xcc', { traceparent: `cc-${VALID.slice(3)}-what-the-future-will-be-like` }],
  ...[` ${VALID}`, `\t${VALID}`, `${VALID} `, `${VALID}\t`, `\t ${VALID} \t`].map(
    (traceparent): [string, Fields] => ['test_traceparent_ows_handling', { traceparent }],
  ),
];

const RESTARTED: readonly [string, Fields][] = [
  ['test_both_traceparent_and_tracestate_missing', {}],
  ['test_traceparent_duplicated', { traceparent: [VALID.replace(/12-/, '11-'), VALID] }],
  ['test_traceparent_duplicated', { traceparent: [VALID, VALID] }],
  ['test_traceparent_header_name', { 'trace-parent': VALID }],
  ['test_traceparent_header_name', { 'trace.parent': VALID }],
  ...(
    [
      ['test_traceparent_version_0x00', `${VALID}.`],
      ['test_traceparent_version_0x00', `${VALID}-what-the-future-will-be-like`],
      ['test_traceparent_version_0xcc', `cc-${VALID.slice(3)}.what-the-future-will-be-like`],
      ['test_traceparent_version_0xff', `ff-${VALID.slice(3)}`],
      ['test_traceparent_version_illegal_characters', `.0-${VALID.slice(3)}`],
      ['test_traceparent_version_illegal_characters', `0.-${VALID.slice(3)}`],
      ['test_traceparent_version_too_long', `0${VALID}`],
      ['test_traceparent_version_too_long', `00${VALID}`],
      ['test_traceparent_version_too_short', VALID.slice(1)],
      ['test_traceparent_trace_id_all_zero', VALID.replace(TRACE, '0'.repeat(32))],
      ['test_traceparent_trace_id_illegal_characters', VALID.replace(TRACE, `.${TRACE.slice(1)}`)],
      ['test_traceparent_trace_id_illegal_characters', VALID.replace(TRACE, `${TRACE.slice(0, -1)}.`)],
      ['test_traceparent_trace_id_too_long', VALID.replace(TRACE, `${TRACE}3`)],
      ['test_traceparent_trace_id_too_short', VALID.replace(TRACE, TRACE.slice(0, -1))],
      ['test_traceparent_parent_id_all_zero', VALID.replace(`-${PARENT}-`, `-${'0'.repeat(16)}-`)],
      ['test_traceparent_parent_id_illegal_characters', VALID.replace(`-${PARENT}-`, '-.234567890123456-')],
      ['test_traceparent_parent_id_illegal_characters', VALID.replace(`-${PARENT}-`, '-123456789012345.-')],
      ['test_traceparent_parent_id_too_long', VALID.replace(`-${PARENT}-`, `-${PARENT}7-`)],
      ['test_traceparent_parent_id_too_short', VALID.replace(`-${PARENT}-`, '-123456789012345-')],
      ['test_traceparent_trace_flags_illegal_characters', VALID.replace(/01$/, '.0')],
      ['test_traceparent_trace_flags_illegal_characters', VALID.replace(/01$/, '0.')],
      ['test_traceparent_trace_flags_too_long', VALID.replace(/01$/, '001')],
      ['test_traceparent_trace_flags_too_short', VALID.replace(/01$/, '1')],
    ] as const
  ).map(([name, traceparent]): [string, Fields] => [name, { traceparent, tracestate: 'foo=1' }]),
];

/** The cases about tracestate: what is sent, and what the service receives. */
const STATES: readonly [string, string | string[], string | undefined][] = [
  ['test_tracestate_included_traceparent_included', 'foo=1,bar=2', 'foo=1,bar=2'],
  ['test_tracestate_empty_header', '', undefined],
  ['test_tracestate_empty_header', ['foo=1', ''], 'foo=1'],
  ['test_tracestate_empty_header', ['', 'foo=1'], 'foo=1'],
  [
    'test_tracestate_multiple_headers_different_keys',
    ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'],
    'foo=1,bar=2,rojo=1,congo=2,baz=3',
  ],
  ['test_tracestate_duplicated_keys', 'foo=1,foo=1', undefined],
  ['test_tracestate_duplicated_keys', ['foo=1', 'foo=2'], undefined],
  ['test_tracestate_all_allowed_characters', `${LOWER}=${VALUE}`, `${LOWER}=${VALUE}`],
  ['test_tracestate_all_allowed_characters', `${LOWER}@${LOWER}=1`, `${LOWER}@${LOWER}=1`],
  ['test_tracestate_ows_handling', 'foo=1 \t , \t bar=2, \t baz=3', 'foo=1,bar=2,baz=3'],
  ['test_tracestate_ows_handling', '\t foo=1 \t', 'foo=1'],
  ['test_tracestate_key_illegal_characters', 'foo =1', undefined],
  ['test_tracestate_key_illegal_characters', 'FOO=1', undefined],
  ['test_tracestate_key_illegal_characters', 'foo.bar=1', undefined],
  // Level 2 permits "@" in all places but the first.
  ['test_tracestate_key_illegal_vendor_format', '@foo=1,bar=2', undefined],
  ['test_tracestate_member_count_limit', members(32), members(32)],
  ['test_tracestate_member_count_limit', members(33), undefined],
  ['test_tracestate_key_length_limit', `${'z'.repeat(256)}=1`, `${'z'.repeat(256)}=1`],
  ['test_tracestate_key_length_limit', `${'z'.repeat(257)}=1`, undefined],
  ['test_tracestate_value_illegal_characters', 'foo=bar=baz', undefined],
  ['test_tracestate_value_illegal_characters', 'foo=,bar=3', undefined],
];

/** Nothing listens there: spans are lost, requests are not. */
const NO_COLLECTOR = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  OTEL_EXPORTER_OTLP_TIMEOUT: '100',
};

/** The values of each trace field that the service receives. */
async function receivedBy({ service, url }: ServiceHarness, headers: Fields) {
  let raw: readonly string[] = [];
  service.handler = ({ rawHeaders }, response) => {
    raw = rawHeaders;
    response.end();
  };
  expect((await exchange(url, { headers })).status).toBe(200);
  const values = (name: string) =>
    raw.filter((_part, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);
  return { traceparent: values('traceparent'), tracestate: values('tracestate') };
}

onEveryKind(
  'trace context',
  (harness) => {
    /** The trace context that the service receives. */
    async function received(headers: Fields): Promise<{ traceparent: string; tracestate?: string }> {
      const { traceparent, tracestate } = await receivedBy(harness(), headers);
      expect(traceparent).toEqual([expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-0[0-3]$/)]);
      expect(tracestate.length).toBeLessThan(2);
      return {
        traceparent: traceparent[0]!,
        ...(tracestate[0] !== undefined && { tracestate: tracestate[0] }),
      };
    }

    it.each(CONTINUED)('is continued: %s %j', async (_name, headers) => {
      const { traceparent } = await received(headers);
      expect(traceparent).toContain(`00-${TRACE}-`);
      expect(traceparent).not.toContain(`-${PARENT}-`);
    });

    it.each(RESTARTED)('begins anew: %s %j', async (_name, headers) => {
      const { traceparent, tracestate } = await received(headers);
      expect(traceparent).not.toContain(TRACE);
      expect(traceparent).toMatch(/-03$/);
      expect(tracestate).toBeUndefined();
    });

    it.each(STATES)('passes on the state: %s %j', async (_name, sent, expected) => {
      const { traceparent, tracestate } = await received({ traceparent: VALID, tracestate: sent });
      expect(traceparent).toContain(TRACE);
      expect(tracestate).toBe(expected);
    });

    it('leaves out a state without a traceparent: test_tracestate_included_traceparent_missing', async () => {
      expect(await received({ tracestate: 'foo=1' })).not.toHaveProperty('tracestate');
    });

    it.each([
      ['00', '00'],
      ['01', '01'],
      ['02', '02'],
      ['03', '03'],
      ['fc', '00'],
      ['ff', '03'],
    ])('keeps only known bits of the flags %s', async (sent, expected) => {
      const { traceparent } = await received({ traceparent: VALID.replace(/01$/, sent) });
      expect(traceparent.slice(-2)).toBe(expected);
    });
  },
  NO_COLLECTOR,
);

onEveryKind('trace context without a collector', (harness) => {
  it.each(CONTINUED)('is passed on unchanged: %s %j', async (_name, headers) => {
    const [sent] = Object.values(headers) as string[];
    expect(await receivedBy(harness(), headers)).toEqual({ traceparent: [sent!.trim()], tracestate: [] });
  });

  it.each(RESTARTED)('is dropped if it is not valid: %s %j', async (_name, headers) => {
    expect(await receivedBy(harness(), headers)).toEqual({ traceparent: [], tracestate: [] });
  });

  it.each(STATES)('has its state if that is valid: %s %j', async (_name, sent, expected) => {
    const { traceparent, tracestate } = await receivedBy(harness(), { traceparent: VALID, tracestate: sent });
    expect(traceparent).toEqual([VALID]);
    const members = tracestate
      .join()
      .split(',')
      .map((member) => member.trim());
    expect(members.filter(Boolean).join() || undefined).toBe(expected);
  });

  it('leaves out a state without a traceparent: test_tracestate_included_traceparent_missing', async () => {
    expect(await receivedBy(harness(), { tracestate: 'foo=1' })).toEqual({ traceparent: [], tracestate: [] });
  });
});
