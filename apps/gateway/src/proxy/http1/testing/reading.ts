import { trimmed } from '../head/grammar.js';

/** A message as parsed; bytes are latin1 text. */
export interface ReadMessage {
  /** Method, target and version of a request; version, status and reason of a response. */
  readonly start: readonly string[];
  /** Name, value, name, … */
  readonly fields: readonly string[];
  body: string;
  trailers: readonly string[];
  isWhole: boolean;
}

/** The result of parsing the bytes of one connection. */
export interface Reading {
  readonly messages: ReadMessage[];
  /** The reason why the parser rejected the rest. */
  refusal: string | undefined;
}

export const nothingRead = (): Reading => ({ messages: [], refusal: undefined });

/** Splits `bytes` at the offsets in `cuts`, given in any order and number. */
export function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

/** Field lines as a flat list. */
export function flatLines(lines: string): string[] {
  return lines
    .split('\r\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), trimmed(line, colon + 1, line.length)];
    });
}

/**
 * Describes a message that `ours` accepted and `theirs` did not accept or parsed differently; `undefined` if there
 * is none. The gateway may reject what Node accepts, but not the reverse: a service could then see another message
 * than the gateway has checked.
 */
export function disagreement(ours: Reading, theirs: Reading): string | undefined {
  for (const [i, mine] of ours.messages.entries()) {
    const other = theirs.messages[i];
    if (!other && asksForUpgrade(theirs.messages.at(-1))) return undefined;
    if (!other) return `message ${i} is none to the other: ${theirs.refusal ?? 'it waits for more'}`;
    const part = differingPart(mine, other);
    if (part !== undefined) return `message ${i} has another ${part}`;
  }
  return undefined;
}

/**
 * node:http reads nothing after a message with Upgrade, even if no upgrade takes place and the message has a body.
 */
const asksForUpgrade = (last: ReadMessage | undefined): boolean =>
  last?.fields.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'upgrade') === true;

function differingPart(mine: ReadMessage, other: ReadMessage): string | undefined {
  if (!isSame(mine.start, other.start)) return 'start line';
  if (!isSame(mine.fields, other.fields)) return 'head';
  if (!mine.isWhole) return isPrefix(mine.body, other.body) ? undefined : 'beginning of a body';
  if (!other.isWhole) return 'end';
  if (mine.body !== other.body) return 'body';
  return isSame(mine.trailers, other.trailers) ? undefined : 'trailer section';
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);

/** Two incomplete bodies agree if one is a prefix of the other. */
const isPrefix = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);
