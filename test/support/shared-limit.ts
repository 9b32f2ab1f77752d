import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import { SteadyLoad } from './steady-load.js';

/** Requests per second to each gateway. */
const LOAD = 1000;
/** Part of the time in which the burst of the limit is refilled: a longer pause of the load loses requests. */
const LONGEST_GAP_MS = 80;
/** On a busy machine the load is rarely above the limit for a whole measurement. */
const ATTEMPTS = 6;

/** Gateways that share a limit, each under a load that is above it. */
export class SharedLimit {
  private constructor(
    private readonly loads: readonly SteadyLoad[],
    private readonly rate: number,
  ) {}

  /**
   * Resolves when the burst is spent.
   * @param rate admitted requests per second of all gateways
   */
  static async underLoad(urls: readonly string[], path: string, rate: number): Promise<SharedLimit> {
    const loads = urls.map((url) => new SteadyLoad(url, path, LOAD));
    await waitFor('the burst to be spent', () => loads.every((load) => load.of('429') > 500));
    return new SharedLimit(loads, rate);
  }

  /** The statuses of all responses, for each gateway. */
  get statuses(): string[][] {
    return this.loads.map(({ statuses }) => [...statuses.keys()].sort());
  }

  /**
   * Expects the gateways to admit the configured rate in a time in which the load was above it.
   * @param meanwhile runs during each measurement, until the signal is aborted
   */
  async expectRate(
    what: string,
    seconds: number,
    meanwhile: (over: AbortSignal) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    let measured = await this.measure(seconds, meanwhile);
    for (let attempt = 2; !measured.isSteady && attempt <= ATTEMPTS; attempt += 1)
      measured = await this.measure(seconds, meanwhile);
    const { ratio, isSteady } = measured;
    const load = isSteady ? '' : ', under a load with gaps';
    process.stderr.write(`${what}: ${(ratio * 100).toFixed(1)} % of the configured rate${load}\n`);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  }

  stop(): void {
    for (const load of this.loads) load.stop();
  }

  /** The admitted requests in relation to the rate, and whether the load was above the limit all the time. */
  private async measure(seconds: number, meanwhile: (over: AbortSignal) => Promise<unknown>) {
    for (const load of this.loads) load.takeLongestGapMs();
    const [admitted, at] = [this.admitted, performance.now()];
    const over = new AbortController();
    const done = meanwhile(over.signal);
    await sleep(seconds * 1000);
    const ratio = ((this.admitted - admitted) * 1000) / (performance.now() - at) / this.rate;
    const isSteady = this.loads.every((load) => load.takeLongestGapMs() < LONGEST_GAP_MS);
    over.abort();
    await done;
    return { ratio, isSteady };
  }

  private get admitted(): number {
    return this.loads.reduce((sum, load) => sum + load.of('200'), 0);
  }
}
