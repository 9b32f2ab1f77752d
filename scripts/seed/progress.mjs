const INTERVAL_MS = 1000;

const formatted = (number) => Math.round(number).toLocaleString('en-US');

/** Reports to standard output how many rows have been written: at most once a second, and at the end. */
export class Progress {
  constructor(what, total) {
    Object.assign(this, { what, total, started: performance.now(), reported: performance.now() });
  }

  report(done) {
    const now = performance.now();
    if (done < this.total && now - this.reported < INTERVAL_MS) return;
    this.reported = now;
    const rate = (done * 1000) / Math.max(1, now - this.started);
    console.log(`${this.what}: ${formatted(done)} of ${formatted(this.total)} (${formatted(rate)}/s)`);
  }
}
