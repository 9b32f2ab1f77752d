import { Agent } from 'undici';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a client, and whether its answer is what it should be. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** Called with every answer of the expected status. */
  readonly onAnswer?: (body: unknown) => void;
  readonly expected: number;
}

/** How a client asks. */
export interface LoadOptions {
  readonly clients: number;
  /** Pause of a client between an answer and its next request. */
  readonly pauseMs: number;
  /** Longest wait for an answer. */
  readonly timeoutMs?: number;
}

/** Clients that send one request after the other over kept connections, and what became of them. */
export class Load {
  answered = 0;
  /** Everything but the expected answer, a line each, in order. */
  readonly failures: string[] = [];
  slowestMs = 0;
  private readonly agent: Agent;
  private readonly startedAt = performance.now();
  private readonly clients: Promise<unknown>;
  private isOver = false;
  /** When the requests without an answer were sent. */
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

  /** How many requests are without an answer for so long. */
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

  private async send({ method, path, body, expected, onAnswer }: LoadRequest): Promise<void> {
    const since = performance.now();
    this.sentAt.add(since);
    try {
      const { statusCode, body: answer } = await this.agent.request({
        origin: this.origin,
        path,
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await answer.text();
      if (statusCode !== expected) this.fail(method, path, `${statusCode} ${text}`);
      else onAnswer?.(JSON.parse(text));
    } catch (error) {
      this.fail(method, path, String(error));
    }
    this.sentAt.delete(since);
    this.answered += 1;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - since);
  }

  private fail(method: string, path: string, what: string): void {
    const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(2);
    this.failures.push(`after ${seconds} s: ${method} ${path}: ${what}`);
  }
}
