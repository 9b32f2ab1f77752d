import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { plainEnvironment, waitFor, type Environment } from '#testing';

/** How a program in a terminal ended. */
export interface TerminalExit {
  readonly code: number;
  /** Whether the terminal echoes what is typed, as before the program. */
  readonly echoes: boolean;
}

const ESC = '\u001b[';

const withoutSequences = (text: string): string => text.replace(/\u001b\[[\d;?]*[A-Za-z]|\r/g, '');

/** A program in a pseudo terminal, which Python provides. */
export class Terminal {
  output = '';
  readonly exited: Promise<TerminalExit>;
  private readonly child: ChildProcess;

  constructor(program: readonly string[], env: Environment, [columns, rows]: readonly [number, number]) {
    const args = ['test/command/terminal.py', String(columns), String(rows), ...program];
    this.child = spawn('python3', args, { env: plainEnvironment({ TERM: 'xterm', ...env }) });
    let result = '';
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (result += text));
    this.exited = once(this.child, 'close').then(() => JSON.parse(result) as TerminalExit);
  }

  type(text: string): void {
    this.send(`type ${text}`);
  }

  resize(columns: number, rows: number): void {
    this.send(`resize ${columns} ${rows}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.send(`signal ${constants.signals[signal]}`);
  }

  /** The output without control sequences. */
  get text(): string {
    return withoutSequences(this.output);
  }

  /** The lines of the latest whole frame. */
  get frame(): readonly string[] {
    const frames = this.output.split(`${ESC}H`).filter((frame) => frame.includes(`${ESC}J`));
    const [whole = ''] = frames.at(-1)?.split(`${ESC}J`) ?? [];
    return withoutSequences(whole).split('\n');
  }

  /** Waits for a frame with these lines. */
  async waitForFrame(matches: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    await waitFor('the frame', () => matches(this.frame));
    return this.frame;
  }

  private send(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }
}
