import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

/** One answer, or what came instead. */
export interface Arrival {
  readonly status: number;
  /** The body; of an instance that is well it is its id. */
  readonly text: string;
  readonly ms: number;
}

/** What to send, and how. */
export interface TrafficOptions {
  readonly method?: 'GET' | 'POST';
  readonly clients: number;
  /** Pause of a client between an answer and its next request. */
  readonly pauseMs?: number;
}

/** Clients that ask a service again and again, each on a connection of its own, and what came of it. */
export class Traffic {
  readonly arrivals: Arrival[] = [];
  private readonly agent = new Agent({ connections: null, pipelining: 1 });
  private readonly clients: Promise<unknown>;
  private isOver = false;

  constructor(
    private readonly url: string,
    private readonly options: TrafficOptions,
  ) {
    this.clients = Promise.all(Array.from({ length: options.clients }, () => this.client()));
  }

  /** Traffic for so long. */
  static async during(ms: number, url: string, options: TrafficOptions): Promise<Traffic> {
    const traffic = new Traffic(url, options);
    await sleep(ms);
    await traffic.stop();
    return traffic;
  }

  /** Arrivals that are not what a service which is well answers. */
  get failures(): readonly Arrival[] {
    return this.arrivals.filter(({ status }) => status !== 200);
  }

  /** How many of the last `count` arrivals came from instance `id`. */
  lately(id: string, count: number): number {
    return this.arrivals.slice(-count).filter(({ text }) => text === id).length;
  }

  /** The time within which a share `q` was answered. */
  quantileMs(q: number): number {
    const times = this.arrivals.map(({ ms }) => ms).sort((a, b) => a - b);
    return times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0;
  }

  /** Lets every client finish its last request. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.clients;
    await this.agent.destroy();
  }

  private async client(): Promise<void> {
    while (!this.isOver) {
      const since = performance.now();
      const { status, text } = await this.ask();
      this.arrivals.push({ status, text, ms: performance.now() - since });
      await sleep(this.options.pauseMs ?? 0);
    }
  }

  private async ask(): Promise<{ status: number; text: string }> {
    const { origin, pathname: path } = new URL(this.url);
    try {
      const { method = 'GET' } = this.options;
      const { statusCode, body } = await this.agent.request({ origin, path, method, headersTimeout: 8_000 });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }
}
