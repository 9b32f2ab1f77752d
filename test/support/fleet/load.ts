import { Agent } from 'undici';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request of a client, and its expected status. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** Called with the body of every response of the expected status. */
  readonly onResponse?: (body: unknown) => void;
  readonly expected: number;
}

/** Settings of the load. */
export interface LoadOptions {
  readonly clients: number;
  /** Pause of a client between a response and its next request. */
  readonly pauseMs: number;
  /** Maximum wait for the head of a response, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** Clients that send requests sequentially over keep-alive connections, and the recorded results. */
export class Load {
  completed = 0;
  /** Unexpected responses and errors, one line each, in order. */
  readonly failures: string[] = [];
  slowestMs = 0;
  private readonly agent: Agent;
  private readonly startedAt = performance.now();
  private readonly clients: Promise<unknown>;
  private isOver = false;
  /** Send times of the pending requests. */
  private readonly sentAt = new Set<number>();

  static start(origin: string, next: () => LoadRequest, options: LoadOptions): Load {
    return new Load(origin, next, options);
  }

  private constructor(
    private readonly origin: string,
    private readonly next: () => LoadRequest,
    private readonly options: LoadOptions,
  ) {
    this.agent = new Agent({ connections: options.clients, headersTimeout: options.timeoutMs ?? 10_000 });
    this.clients = Promise.all(Array.from({ length: options.clients }, () => this.client()));
  }

  /** Number of requests that have been pending for longer than `ms`. */
  waitingFor(ms: number): number {
    const since = performance.now() - ms;
    return [...this.sentAt].filter((sentAt) => sentAt < since).length;
  }

  /** Lets every client finish its last request. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.clients;
    await this.agent.destroy();
  }

  private async client(): Promise<void> {
    while (!this.isOver) {
      await this.send(this.next());
      await sleep(this.options.pauseMs);
    }
  }

  private async send({ method, path, body, expected, onResponse }: LoadRequest): Promise<void> {
    const since = performance.now();
    this.sentAt.add(since);
    try {
      const { statusCode, body: responseBody } = await this.agent.request({
        origin: this.origin,
        path,
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await responseBody.text();
      if (statusCode !== expected) this.fail(method, path, `${statusCode} ${text}`);
      else onResponse?.(JSON.parse(text));
    } catch (error) {
      this.fail(method, path, String(error));
    }
    this.sentAt.delete(since);
    this.completed += 1;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - since);
  }

  private fail(method: string, path: string, what: string): void {
    const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(2);
    this.failures.push(`after ${seconds} s: ${method} ${path}: ${what}`);
  }
}
