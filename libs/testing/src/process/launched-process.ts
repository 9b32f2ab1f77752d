import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './root.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<LaunchedProcess>();

/** Ends all running processes. The second signal ends a shutdown that waits for work. */
export async function endProcesses(): Promise<void> {
  const remaining = [...running];
  for (const launched of remaining)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) launched.signal(signal);
  await Promise.all(remaining.map(({ exited }) => exited));
}

// Processes left by a failed test must not outlive the suite. Tools that are not suites end their processes themselves.
if (typeof afterAll === 'function') afterAll(endProcesses);

/** A program started by a test or a tool, with the output that it has written so far. */
export class LaunchedProcess {
  stdout = '';
  stderr = '';
  /** Resolves when the process has ended and all of its output was read. */
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

  /** The records that it has written as JSON lines. @throws SyntaxError at a line that is none */
  get records(): Record<string, unknown>[] {
    const complete = this.stdout.slice(0, this.stdout.lastIndexOf('\n'));
    return complete.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /**
   * Waits until standard output matches `pattern`.
   * @throws at once, with the output, when the process ends first.
   */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const search = (): void => {
        const match = pattern.exec(this.stdout);
        if (!match) return;
        this.child.stdout?.off('data', search);
        resolve(match);
      };
      this.child.stdout?.on('data', search);
      search();
      void this.exited.then(() =>
        reject(new Error(`the process ended before ${String(pattern)}:\n${this.stdout}${this.stderr}`)),
      );
    });
  }

  /** Closes the read end of its standard output, as a terminal that closes. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  /** Sends SIGTERM and waits for the exit. */
  async stop(): Promise<Exit> {
    if (!this.hasEnded) this.signal('SIGTERM');
    return this.exited;
  }
}
