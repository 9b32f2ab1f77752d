/** The bytes are not the body that the head announced, or break a limit: nothing after them can be trusted. */
export class FramingError extends Error {
  override readonly name: string = 'FramingError';
}

/** The trailer section is sound as far as it was read, and larger than anybody wants to keep. */
export class TrailersTooLarge extends FramingError {
  override readonly name = 'TrailersTooLarge';
}
