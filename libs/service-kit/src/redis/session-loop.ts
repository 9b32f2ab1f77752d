import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_EVERY_MS = 100;

/** Keeps a server in use: runs one session after another, and reports when the server becomes unavailable and available. */
export class SessionLoop {
  private first: Promise<void> | undefined;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  /**
   * @param runSession runs one session until it breaks, and calls `onAvailable` when the server can be used. Resolves or
   * rejects with the reason of the end.
   * @param onChange called when the server becomes unavailable, with the reason, or available, with `undefined`
   */
  constructor(
    private readonly runSession: (onAvailable: () => void) => Promise<unknown>,
    private readonly onChange: (reason: unknown) => void,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Resolves after the first attempt to connect. Idempotent. */
  start(): Promise<void> {
    return (this.first ??= new Promise((resolve) => {
      this.running = this.run(resolve);
    }));
  }

  /** @param endSession ends the session that is running */
  async stop(endSession: () => void): Promise<void> {
    this.stopping.abort();
    endSession();
    await this.running;
  }

  private async run(onFirst: () => void): Promise<void> {
    const { signal } = this.stopping;
    let isReported = false;
    const onAvailable = (): void => {
      isReported = false;
      this.onChange(undefined);
      onFirst();
    };
    while (!signal.aborted) {
      const reason = await this.runSession(onAvailable).catch((error: unknown) => error);
      onFirst();
      if (!isReported && !this.isStopping) this.onChange(reason);
      isReported = true;
      await sleep(RETRY_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
