import { waitFor } from '#testing';
import { SessionLoop } from './session-loop.js';

/** Sessions with a server that a test makes available and unavailable. */
class Server {
  attempts = 0;
  isAvailable = false;
  /** Reasons of unavailability; `undefined`: available again. */
  readonly changes: unknown[] = [];
  readonly sessions = new SessionLoop(
    (onAvailable) => this.runSession(onAvailable),
    (reason) => this.changes.push(reason),
  );
  private breakSession: (reason: unknown) => void = () => undefined;

  fail(reason: unknown): void {
    this.isAvailable = false;
    this.breakSession(reason);
  }

  stop(): Promise<void> {
    return this.sessions.stop(() => this.fail('stopped'));
  }

  async untilAttempts(more: number): Promise<void> {
    const count = this.attempts + more;
    await waitFor(`${more} attempts`, () => this.attempts >= count);
  }

  private async runSession(onAvailable: () => void): Promise<void> {
    this.attempts += 1;
    if (!this.isAvailable) throw new Error('refused');
    await new Promise((_resolve, reject: (reason: unknown) => void) => {
      this.breakSession = reject;
      onAvailable();
    });
  }
}

describe('SessionLoop', () => {
  let server: Server;
  beforeEach(() => (server = new Server()));
  afterEach(() => server.stop());

  it('reports each outage and its end once, however many attempts fail', async () => {
    await server.sessions.start();
    await server.untilAttempts(2);
    expect(server.changes).toEqual([new Error('refused')]);
    server.isAvailable = true;
    await waitFor('the session', () => server.changes.length > 1);
    server.fail('reset');
    await server.untilAttempts(2);
    expect(server.changes).toEqual([new Error('refused'), undefined, 'reset']);
  });

  it('has started after the first attempt, and starts once', async () => {
    server.isAvailable = true;
    await Promise.all([server.sessions.start(), server.sessions.start()]);
    expect([server.attempts, server.changes]).toEqual([1, [undefined]]);
  });

  it('ends its session when it stops, without a report and without another one', async () => {
    server.isAvailable = true;
    await server.sessions.start();
    await server.stop();
    expect([server.attempts, server.changes, server.sessions.isStopping]).toEqual([1, [undefined], true]);
  });
});
