/** The bytes are not the body that the head announced, or break a limit: nothing after them can be trusted. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}
