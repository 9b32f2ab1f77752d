import { withoutSecrets } from './redact.js';

describe('withoutSecrets', () => {
  it.each([
    ['"authorization":"Bearer s3cret"', '"authorization":"[redacted]"'],
    [String.raw`"Cookie":"id=\"s3cret\"; a"`, '"Cookie":"[redacted]"'],
    ['"set-cookie":["id=s3cret","b=s3cret"],"a":["b"]', '"set-cookie":"[redacted]","a":["b"]'],
    ['"x-api-key":"s3cret"', '"x-api-key":"[redacted]"'],
    ['"password":"s3cret"', '"password":"[redacted]"'],
    ['GET /a?access_token=s3cret&b=1', 'GET /a?access_token=[redacted]&b=1'],
    ['/a?b=1&api_key=s3cret"', '/a?b=1&api_key=[redacted]"'],
    ['/a?TOKEN=s3cret#x', '/a?TOKEN=[redacted]#x'],
    ['got Authorization: Bearer s3cret.s3cret-_/+=', 'got Authorization: Bearer [redacted]'],
    ['got basic czNjcmV0', 'got basic [redacted]'],
    ['redis://user:s3cret@host:6379/0', 'redis://[redacted]@host:6379/0'],
    ['postgres://s3cret@host/db', 'postgres://[redacted]@host/db'],
  ])('replaces the secret in %s', (line, expected) => {
    expect(withoutSecrets(line)).toBe(expected);
  });

  it.each([
    '"path":"/users/1","status":200,"userAgent":"curl/8 (a; b)"',
    '"url":"http://127.0.0.1:8000","docs":"http://127.0.0.1:8000/docs?page=1"',
    '"problem":"registry-token-required","tokens":3',
    '"msg":"mail to a@example.org"',
  ])('leaves %s as it is', (line) => {
    expect(withoutSecrets(line)).toBe(line);
  });
});
