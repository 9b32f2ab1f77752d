import { monitorEventLoopDelay } from 'node:perf_hooks';
import { rounded } from '../traffic/rounded.js';

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;
/** Tenths of a millisecond are the noise of timers. */
const LEAST_LAG_MS = 1;

/** Load of this process. */
export class ProcessLoad {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.delay.enable();
  }

  stop(): void {
    this.delay.disable();
  }

  /** 99th percentile of the delay of the event loop since the previous call, milliseconds. */
  lagMs(): number {
    // The histogram counts its own sampling interval as delay.
    const lag = this.delay.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS;
    this.delay.reset();
    return lag < LEAST_LAG_MS ? 0 : rounded(lag);
  }

  /** Resident memory. */
  get memoryBytes(): number {
    return rounded(process.memoryUsage.rss());
  }
}
