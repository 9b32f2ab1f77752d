/** So many begin in one turn of the event loop; each takes some hundreds of microseconds, and longer in a young process. */
const MOST_IN_A_TURN = 8;

/**
 * Lets requests to the gateway itself begin a few at a time. When a fleet registers at once, a thousand of them are read in one turn
 * of the event loop; all that is proxied would wait for the last of them.
 */
export class OwnTurns {
  private begun = 0;
  private readonly waiting: (() => void)[] = [];

  take(begin: () => void): void {
    if (this.begun === MOST_IN_A_TURN) {
      this.waiting.push(begin);
      return;
    }
    if (this.begun === 0) setImmediate(this.next);
    this.begun += 1;
    begin();
  }

  private readonly next = (): void => {
    const due = this.waiting.splice(0, MOST_IN_A_TURN);
    this.begun = due.length;
    if (due.length > 0) setImmediate(this.next);
    for (const begin of due) begin();
  };
}
