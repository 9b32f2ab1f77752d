import { setTimeout as sleep } from 'node:timers/promises';

/** How long a pass that was woken waits for more work: under load one pass does the work of many wake-ups. */
const GATHER_MS = 20;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5000;

/** Work that runs one pass at a time: when it is woken, and at intervals. After a failure it waits, up to 5 seconds. */
export class RepeatedWork {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isWoken = false;
  private stopped = false;
  private failures = 0;

  /**
   * @param pass does all the work that is due
   * @param onFailure called for the first failure of a pass, and with `undefined` for the first success afterwards
   */
  constructor(
    private readonly pass: () => Promise<void>,
    private readonly intervalMs: number,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Whether {@link stop} was called: a pass with several steps then ends after the present one. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Starts a pass, or another one after the running one. During the pause after a failure it does nothing. */
  wake(): void {
    if (this.stopped || this.failures > 0) return;
    this.isWoken = true;
    this.running ??= this.run();
  }

  /** Resolves after the running pass. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    try {
      while (this.isWoken && !this.stopped) {
        await sleep(GATHER_MS, undefined, { ref: false });
        this.isWoken = false;
        await this.pass();
      }
      if (this.failures > 0) this.onFailure(undefined);
      this.failures = 0;
    } catch (error) {
      if (this.failures === 0) this.onFailure(error);
      this.failures += 1;
    }
    this.running = undefined;
    this.schedule();
  }

  private schedule(): void {
    if (this.stopped) return;
    const delayMs =
      this.failures === 0
        ? this.intervalMs
        : Math.min(FIRST_DELAY_MS * 2 ** (this.failures - 1), MAX_DELAY_MS);
    this.timer = setTimeout(() => {
      this.isWoken = true;
      this.running ??= this.run();
    }, delayMs);
    this.timer.unref();
  }
}
