import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isApiKey, newApiKey, sha256Of } from './api-key.js';

/** From the documentation: specs of other programs may rely on it. */
const EXAMPLE = 'msag_0123456789abcdefghijklmnopqrstuv';

describe('An API key', () => {
  it('has a prefix, 32 random characters and a checksum', () => {
    const keys = Array.from({ length: 200 }, newApiKey);
    for (const key of keys) {
      expect(key).toMatch(/^msag_[0-9A-Za-z]{38}$/);
      expect(isApiKey(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(200);
    expect(new Set(keys.join('')).size).toBe(63);
  });

  it('ends with the CRC-32 of the rest, in base 62', () => {
    const key = newApiKey();
    expect(key.slice(-6)).toBe(checksumOf(key.slice(0, -6)));
    expect(EXAMPLE + checksumOf(EXAMPLE)).toBe('msag_0123456789abcdefghijklmnopqrstuv17bHg9');
    expect(isApiKey(EXAMPLE + checksumOf(EXAMPLE))).toBe(true);
  });

  it('is told from other text', () => {
    const key = newApiKey();
    const last = key.at(-1) === 'a' ? 'b' : 'a';
    const others = [
      '',
      'msag_',
      EXAMPLE,
      key.slice(0, -1),
      key.slice(0, -1) + last,
      `${key}0`,
      ` ${key}`,
      `${key}, ${key}`,
      key.toLowerCase(),
      key.replace('msag_', 'msbg_'),
      `msag_${'a'.repeat(1_000_000)}`,
    ];
    expect(others.filter((other) => isApiKey(other))).toEqual([]);
    const forms = [
      EXAMPLE.slice(0, -1),
      EXAMPLE.replace('msag', 'msbg'),
      EXAMPLE.replace('_0', '_-'),
      ` ${EXAMPLE}`,
    ];
    expect(forms.filter((form) => isApiKey(form + checksumOf(form)))).toEqual([]);
  });

  it('may have more random characters', () => {
    const long = `${EXAMPLE}${'x'.repeat(32)}`;
    expect(isApiKey(long + checksumOf(long))).toBe(true);
  });

  it('stands in a keys file as its SHA-256', () => {
    const key = newApiKey();
    expect(sha256Of(key)).toBe(createHash('sha256').update(key).digest('hex'));
  });
});

/** An implementation of its own. */
function checksumOf(text: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = BigInt(crc32(text));
  let checksum = '';
  for (let i = 0; i < 6; i += 1, rest /= 62n) checksum = digits.charAt(Number(rest % 62n)) + checksum;
  return checksum;
}
