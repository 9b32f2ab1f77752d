import { EditableFields } from '../../http1/head/editable-fields.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { SecurityHeadersStage } from './security-headers.stage.js';

/** The fields after the stage, by name; `before` are those of the service. */
function fieldsAfter(before: string, scheme: 'http' | 'https' = 'http'): Record<string, string | undefined> {
  const fields = new EditableFields(before);
  const exchange = Object.assign(new FakeExchange(), { scheme });
  new SecurityHeadersStage().response(exchange, { status: 200, isOwn: false, isDeclined: false, fields });
  const names = ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'strict-transport-security'];
  return Object.fromEntries(names.map((name) => [name, fields.get(name)]));
}

const DEFAULTS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
};

describe('Security headers', () => {
  it('are added on http, and with HSTS on https', () => {
    expect(fieldsAfter('')).toEqual({ ...DEFAULTS, 'strict-transport-security': undefined });
    expect(fieldsAfter('', 'https')).toEqual({
      ...DEFAULTS,
      'strict-transport-security': 'max-age=31536000',
    });
  });

  it('keep what the service set, in any case', () => {
    const own =
      'X-Content-Type-Options: other\r\nX-FRAME-OPTIONS: SAMEORIGIN\r\nReferrer-Policy: no-referrer\r\nStrict-Transport-Security: max-age=0\r\n';
    expect(fieldsAfter(own, 'https')).toEqual({
      'x-content-type-options': 'other',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=0',
    });
  });

  it('leave frames to the policy of the service', () => {
    const policy = (value: string) => fieldsAfter(`Content-Security-Policy: ${value}\r\n`)['x-frame-options'];
    expect(policy("default-src 'self'; Frame-Ancestors https://a.test")).toBeUndefined();
    expect(policy("default-src 'self'")).toBe('DENY');
  });
});
