import type { ServerResponse } from 'node:http';

/** Header bytes as text, one character a byte: what comes in goes out. */
export const textOf = (fields: readonly (Buffer | string)[]): string[] =>
  fields.map((field) => (typeof field === 'string' ? field : field.toString('latin1')));

export const isFinal = (status: number): boolean => status >= 200;

/** A coding beside `chunked` would have to be undone, or the body could not be read. */
export function usesUnknownCoding(raw: readonly string[]): boolean {
  for (let i = 0; i < raw.length; i += 2)
    if (raw[i]?.toLowerCase() === 'transfer-encoding') return raw[i + 1]?.toLowerCase() !== 'chunked';
  return false;
}

const EARLY_HINTS = 103;

/** Passes an interim answer on. Clients may ignore them (RFC 9110, section 15.2), so one that node refuses is left out. */
export function passInformation(response: ServerResponse, status: number, raw: readonly string[]): void {
  if (status !== EARLY_HINTS || response.headersSent) return;
  const links: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === 'link') links.push(raw[i + 1] ?? '');
  try {
    response.writeEarlyHints({ link: links });
  } catch {
    // Not a list of links.
  }
}

/** Fields that a trailer section must not carry (RFC 9110, section 6.5.1): framing, routing, authentication, the like. */
const NEVER_TRAILERS = new Set([
  'content-length',
  'transfer-encoding',
  'host',
  'connection',
  'content-encoding',
  'content-type',
  'content-range',
  'trailer',
  'authorization',
  'set-cookie',
  'cache-control',
  'location',
  'te',
  'upgrade',
]);

/** Sends trailers after the body; node leaves them out where the client's framing has no place for them. */
export function addTrailers(response: ServerResponse, raw: readonly string[]): void {
  const trailers: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!NEVER_TRAILERS.has(name.toLowerCase())) trailers.push([name, raw[i + 1] ?? '']);
  }
  response.addTrailers(trailers);
}
