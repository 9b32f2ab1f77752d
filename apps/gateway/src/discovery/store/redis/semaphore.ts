/** Limits concurrent work; further work waits in order. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];

  constructor(private freePermits: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.freePermits > 0) this.freePermits -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.freePermits += 1;
    }
  }
}
