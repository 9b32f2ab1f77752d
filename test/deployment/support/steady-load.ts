import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const CLIENTS = 6;
const PAUSE_MS = 10;

/** Clients that read and write users repeatedly until stopped. */
export class SteadyLoad {
  succeeded = 0;
  /** Failures, one entry per request. */
  readonly failures: string[] = [];
  private stopped = false;
  private readonly clients: readonly Promise<void>[];

  constructor(private readonly url: string) {
    this.clients = Array.from({ length: CLIENTS }, () => this.sendUntilStopped());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  private async sendUntilStopped(): Promise<void> {
    while (!this.stopped) {
      await this.expect(200, { method: 'GET' });
      // Not idempotent: a lost request cannot be retried.
      const body = JSON.stringify({ email: `${randomUUID()}@example.com`, name: 'Load' });
      await this.expect(201, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      await sleep(PAUSE_MS);
    }
  }

  private async expect(status: number, request: RequestInit): Promise<void> {
    const received = await fetch(`${this.url}/api/user-service/users`, request).then(
      async (response) => ((await response.text()) && response.status) || 0,
      (error: unknown) => String((error as Error).cause ?? error),
    );
    if (received === status) this.succeeded += 1;
    else this.failures.push(`${request.method ?? ''}: ${received}`);
  }
}
