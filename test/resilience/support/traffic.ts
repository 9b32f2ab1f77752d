import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

/** A response, or the error in its place. */
export interface Arrival {
  readonly status: number;
  /** The body; for a healthy instance its id. */
  readonly text: string;
  readonly ms: number;
}

/** Settings of the traffic. */
export interface TrafficOptions {
  readonly method?: 'GET' | 'POST';
  readonly clients: number;
  /** Pause of a client between a response and its next request, in milliseconds. */
  readonly pauseMs?: number;
}

/** Clients that send requests to a service repeatedly, each on its own connection, and the recorded results. */
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

  /** Runs traffic for `ms` milliseconds. */
  static async during(ms: number, url: string, options: TrafficOptions): Promise<Traffic> {
    const traffic = new Traffic(url, options);
    await sleep(ms);
    await traffic.stop();
    return traffic;
  }

  /** Arrivals with a status other than 200. */
  get failures(): readonly Arrival[] {
    return this.arrivals.filter(({ status }) => status !== 200);
  }

  /** How many of the last `count` arrivals came from instance `id`. */
  countRecent(id: string, count: number): number {
    return this.arrivals.slice(-count).filter(({ text }) => text === id).length;
  }

  /** The quantile `q` of the response times, in milliseconds. */
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
      const { status, text } = await this.send();
      this.arrivals.push({ status, text, ms: performance.now() - since });
      await sleep(this.options.pauseMs ?? 0);
    }
  }

  private async send(): Promise<{ status: number; text: string }> {
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
