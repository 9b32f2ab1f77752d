import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './root.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<LaunchedProcess>();

// What a failed test left running must not outlive its suite. The second signal ends at once what would wait for work.
afterAll(async () => {
  const left = [...running];
  for (const launched of left) for (const signal of ['SIGTERM', 'SIGINT'] as const) launched.signal(signal);
  await Promise.all(left.map(({ exited }) => exited));
});

/** A program that a test started, with all that it wrote so far. */
export class LaunchedProcess {
  stdout = '';
  stderr = '';
  /** Resolves when it has ended and everything that it wrote was read. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = ROOT) {
    this.child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    running.add(this);
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this);
      return { code, signal };
    });
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for something on standard output. @throws at once, with what it wrote, when it ends before that. */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.stdout);
        if (!found) return;
        this.child.stdout?.off('data', look);
        resolve(found);
      };
      this.child.stdout?.on('data', look);
      look();
      void this.exited.then(() =>
        reject(new Error(`it ended before ${String(pattern)}:\n${this.stdout}${this.stderr}`)),
      );
    });
  }

  /** SIGTERM, and how it ended. */
  async stop(): Promise<Exit> {
    if (!this.hasEnded) this.signal('SIGTERM');
    return this.exited;
  }
}
