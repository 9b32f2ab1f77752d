/** Several header fields. */
export interface FieldPattern {
  /** Matches CRLF and the lower-case name of each of them, with the colon. */
  readonly start: RegExp;
}

/** @param names in lower case, without characters that have a meaning in expressions */
export const anyOf = (...names: readonly string[]): FieldPattern => ({
  start: new RegExp(`\r\n(?:${names.join('|')}):`),
});
