/** Collects the body of a response, up to a limit. Keeps no memory but that of the body. */
export class BodyCollector {
  private readonly whole: Buffer | undefined;
  private readonly pieces: Buffer[] = [];
  private length = 0;

  /**
   * @param limit in bytes
   * @param expected length of the body as declared, within the limit; -1 if it is not
   */
  constructor(
    private readonly limit: number,
    private readonly expected: number,
  ) {
    // A slice of a shared pool would keep the whole pool alive.
    this.whole = expected === -1 ? undefined : Buffer.allocUnsafeSlow(expected);
  }

  /** Adds bytes, which are copied; `false` if the body is larger than the limit, or than declared. */
  add(bytes: Buffer): boolean {
    const start = this.length;
    this.length += bytes.length;
    if (this.length > (this.whole?.length ?? this.limit)) return false;
    if (this.whole) bytes.copy(this.whole, start);
    else this.pieces.push(Buffer.from(bytes));
    return true;
  }

  /** The body is as long as declared. */
  get isComplete(): boolean {
    return this.length === this.expected;
  }

  /** The body, if it has ended here; `undefined` if that is not its end. */
  take(): Buffer | undefined {
    if (this.whole) return this.isComplete ? this.whole : undefined;
    const body = Buffer.allocUnsafeSlow(this.length);
    let at = 0;
    for (const piece of this.pieces) at += piece.copy(body, at);
    return body;
  }
}
