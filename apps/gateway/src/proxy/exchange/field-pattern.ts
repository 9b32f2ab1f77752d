/** Several header fields. */
export interface FieldPattern {
  /** Matches CRLF and the lower-case name of each of them, with the colon. */
  readonly start: RegExp;
}

/** @param names in lower case; characters with a meaning in expressions have it */
export const anyOf = (...names: readonly string[]): FieldPattern => ({
  start: new RegExp(`\r\n(?:${names.join('|')}):`),
});
