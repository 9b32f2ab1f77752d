/** Runs at most one read at a time, so that reads of a slow store do not pile up. */
export class SingleRead<Result> {
  private running: Promise<Result | undefined> | undefined;

  /** The result of the read that runs already, or else of `read`; `undefined` if it fails. */
  start(read: () => Promise<Result>): Promise<Result | undefined> {
    // Started later, so that `running` is set before a read that throws at once ends.
    this.running ??= Promise.resolve()
      .then(read)
      .catch(() => undefined)
      .finally(() => (this.running = undefined));
    return this.running;
  }
}
