import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'msag_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 190 bits. */
const RANDOM_LENGTH = 32;
/** A CRC-32 has at most six digits in base 62. */
const CHECKSUM_LENGTH = 6;
const FORM = /^msag_[0-9A-Za-z]{38,134}$/;

/**
 * Creates a key: `msag_`, 32 random characters, and the CRC-32 of all that as six digits in base 62. The prefix lets
 * scanners find leaked keys; the checksum lets them, and the gateway, tell keys from other text without a look-up.
 */
export function newApiKey(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return PREFIX + random + checksumOf(PREFIX + random);
}

/** Whether a text has the form of a key and the right checksum. Keys may have more random characters than ours. */
export const isApiKey = (text: string): boolean =>
  FORM.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);

/** What the keys file has of a key: its SHA-256, in hexadecimal digits. */
export const sha256Of = (key: string): string => hash('sha256', key, 'hex');

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = (DIGITS[rest % DIGITS.length] ?? '') + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}
