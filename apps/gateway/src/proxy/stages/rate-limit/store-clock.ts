/** How far two clocks drift apart, in milliseconds per millisecond: older measurements become less certain. */
const DRIFT = 0.001;

/** Converts between the clock of a store and the monotonic clock of this process. All times are in milliseconds. */
export class StoreClock {
  /** The most certain measurement: the store's clock minus the local one, its greatest error, its local time. */
  private offset = 0;
  private error = Infinity;
  private at = 0;

  /** A response that was sent and received at local times contained the store's time. */
  measure(storeTime: number, sent: number, received: number): void {
    const offset = storeTime - (sent + received) / 2;
    const error = (received - sent) / 2;
    const known = this.error + (received - this.at) * DRIFT;
    // Measurements that contradict each other: the store's clock was set, or it is another server.
    const wasSet = Math.abs(offset - this.offset) > error + known + 1;
    if (error > known && !wasSet) return;
    this.offset = offset;
    this.error = error;
    this.at = received;
  }

  toLocal(storeTime: number): number {
    return Math.round(storeTime - this.offset);
  }

  toStore(localTime: number): number {
    return Math.round(localTime + this.offset);
  }
}
