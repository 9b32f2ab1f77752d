import { parsePolicyFile } from '../../../policy/policy-file.js';
import type { HeaderEdits } from '../../../policy/members/header-edits.js';
import type { UpstreamRequest } from '../../exchange/stage.js';
import { EditableFields } from '../../http1/head/editable-fields.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { HeaderEditsStage } from './header-edits.stage.js';

const editsOf = (requestHeaders: object): HeaderEdits => {
  const parsed = parsePolicyFile(JSON.stringify({ version: 1, defaults: { requestHeaders } }));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return (parsed.file.defaults.get('requestHeaders') as unknown as { value: HeaderEdits }).value;
};

const calledBy = (consumer: string | undefined): FakeExchange => {
  const exchange = new FakeExchange();
  if (consumer !== undefined)
    exchange.identity = { consumer, provider: 'p', scopes: [], claims: {}, fields: new Map() };
  return exchange;
};

/** The request fields after the edits. */
function edited(edits: object, before: string, consumer?: string): string {
  const fields = new EditableFields(before);
  const stage = new HeaderEditsStage(editsOf(edits), undefined);
  stage.upstreamRequest!(calledBy(consumer), { fields } as unknown as UpstreamRequest);
  return String(fields);
}

describe('Header edits', () => {
  it('remove, then set, then add', () => {
    const edits = { add: { 'x-a': '3', 'x-b': '4' }, set: { 'x-a': '2' }, remove: ['x-a', 'x-b', 'x-c'] };
    const before = 'x-a: 1\r\nX-B: 1\r\nx-c: 1\r\nX-C: 2\r\nx-d: 1\r\n';
    expect(edited(edits, before)).toBe('x-d: 1\r\nx-a: 2\r\nx-a: 3\r\nx-b: 4\r\n');
  });

  it('replace every placeholder', () => {
    const set = { 'x-a': '<${consumer}> ${requestId} ${clientAddress}${consumer}' };
    expect(edited({ set }, '', 'acme')).toBe('x-a: <acme> request-id 10.0.0.1acme\r\n');
  });

  it('remove what the client sent in any spelling, also when the consumer is absent', () => {
    const set = { 'x-called-by': '${consumer}' };
    const before = 'X-Called-By: admin\r\nx_called-by: admin\r\nX_CALLED_BY: admin\r\nx-called: b\r\n';
    expect(edited({ set }, before)).toBe('x-called: b\r\n');
    expect(edited({ set }, before, '')).toBe('x-called: b\r\n');
    expect(edited({ set }, before, 'acme')).toBe('x-called: b\r\nx-called-by: acme\r\n');
  });

  it.each(['a\r\nx-admin: 1', 'a\n', '아라', '\u0000'])('refuse a request of the consumer %j', (consumer) => {
    for (const edits of [{ set: { 'x-a': '${consumer}' } }, { add: { 'x-a': 'by ${consumer}' } }]) {
      const [ofRequest, ofResponse] = [editsOf(edits), undefined];
      for (const stage of [
        new HeaderEditsStage(ofRequest, ofResponse),
        new HeaderEditsStage(ofResponse, ofRequest),
      ]) {
        const exchange = calledBy(consumer);
        expect(stage.request!(exchange)).toMatchObject({ status: 400, code: 'malformed-request' });
        expect(exchange.refusal).toBe('header-edits: the consumer cannot be sent in a field');
        expect(stage.preview!(exchange)).toMatchObject({ decision: 'respond' });
      }
      expect(edited(edits, '', consumer)).toBe('');
    }
  });

  it('hook only to the phases that they need', () => {
    const constant = editsOf({ set: { 'x-a': '1' } });
    const ofRequest = new HeaderEditsStage(constant, undefined);
    expect([ofRequest.request, ofRequest.response]).toEqual([undefined, undefined]);
    const ofResponse = new HeaderEditsStage(undefined, constant);
    expect([ofResponse.request, ofResponse.upstreamRequest]).toEqual([undefined, undefined]);
  });
});
