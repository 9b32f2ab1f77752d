/** A running attempt at one instance. */
export interface Attempt {
  /** Stops at once: the connection to the instance is given up, no outcome follows. */
  abort(): void;
  /** Neither side of the client's connection has moved for the idle time, and the client waits for more. */
  onSilence?(): void;
}
