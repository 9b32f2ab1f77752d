/** A running attempt at one instance. */
export interface Attempt {
  /** Stops at once: closes the upstream connection; no outcome follows. */
  abort(): void;
  /** Called when no data has moved on the downstream connection for the idle time while the client waits for more. */
  onSilence?(): void;
}
