/** The body violates the framing that the head announced, or exceeds a limit; later bytes cannot be interpreted. */
export class FramingError extends Error {
  override readonly name: string = 'FramingError';
}

/** The trailer section is valid as far as it was read, but exceeds the size or field limit. */
export class TrailersTooLarge extends FramingError {
  override readonly name = 'TrailersTooLarge';
}
