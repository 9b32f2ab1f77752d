import { startApp, type AppProcess, type Environment, type Exit, waitFor } from '#testing';

/** A process of a fleet; it keeps its address across restarts. */
export class Member {
  private app: AppProcess;

  static async start(name: string, env: Environment): Promise<Member> {
    return new Member(name, env, await startApp(name, env));
  }

  private constructor(
    readonly name: string,
    private readonly env: Environment,
    app: AppProcess,
  ) {
    this.app = app;
  }

  get url(): string {
    return this.app.url;
  }

  /** The time in its latest log line. */
  get clock(): Date {
    return new Date([...this.app.process.stdout.matchAll(/"time":"([^"]+)"/g)].at(-1)?.[1] ?? NaN);
  }

  /** Sends SIGTERM; resolves to the exit. */
  stop(): Promise<Exit> {
    return this.app.process.stop();
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.app.process.signal('SIGKILL');
    await this.app.process.exited;
  }

  /** Suspends the process, with its connections open, until {@link resume}. */
  suspend(): void {
    this.app.process.signal('SIGSTOP');
  }

  resume(): void {
    this.app.process.signal('SIGCONT');
  }

  /** Starts the process again after it ended, and waits until it is ready. */
  async start(): Promise<void> {
    this.app = await startApp(this.name, this.env);
    await waitFor(`${this.name} to be ready`, async () => (await fetch(`${this.url}/health/ready`)).ok);
  }
}
