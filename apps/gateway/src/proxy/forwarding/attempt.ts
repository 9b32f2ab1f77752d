/** A running attempt at one instance. */
export interface Attempt {
  /** Stops at once: the connection to the instance is given up, no outcome follows. */
  abort(): void;
}
