import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchedProcess, plainEnvironment, waitFor, type Environment } from '#testing';
import { runCommand } from './curl-session.js';
import type { Command, Step } from './documentation.js';

/** An installation of packages is the longest command. */
const COMMAND_TIMEOUT_MS = 180_000;

/** A command that runs until it is stopped; the group is its program. */
const PROGRAM = /^(?:[A-Z]+=\S+ )*(?:node (?!move-)|npx )(\S+\.js|msa-gateway)/;
const POLICY_FILE = 'gateway.yaml';
const GATEWAYS: ReadonlySet<string> = new Set(['main.js', 'msa-gateway']);

/** Follows a page in a folder: writes its files, and runs its commands with a terminal for each program. */
export class GuideReader {
  private readonly terminals = new Map<string, LaunchedProcess>();
  private readonly outputs = new Map<string, string>();

  /**
   * @param url replaces `http://localhost:8000`, where the page expects the gateway
   * @param env the settings of all commands
   */
  constructor(
    private readonly folder: string,
    private readonly url: string,
    private readonly env: Environment,
  ) {}

  async follow(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if ('file' in step) await this.write(step.file, step.content);
      else if (PROGRAM.test(step.text)) await this.start(step.text);
      else await this.run(step);
    }
  }

  /** What the latest command that starts with `text` has printed. */
  outputOf(text: string): string {
    const [, output = ''] = [...this.outputs].findLast(([command]) => command.startsWith(text)) ?? [];
    return output;
  }

  /** The program of a command. A program that the page starts twice has ended before its second start. */
  program(command: string): LaunchedProcess {
    return this.terminals.get(command)!;
  }

  /** Ends every program, the gateway last. */
  async stop(): Promise<void> {
    const isGateway = (command: string) => GATEWAYS.has(PROGRAM.exec(command)?.[1] ?? '');
    const [services, gateways] = [false, true].map((wanted) =>
      [...this.terminals].filter(([command]) => isGateway(command) === wanted),
    );
    for (const each of [services, gateways]) await Promise.all(each!.map(([, process]) => process.stop()));
  }

  /** Starts a program. One gateway takes the place of another. */
  async start(command: string): Promise<void> {
    const [, program = ''] = PROGRAM.exec(command) ?? [];
    if (GATEWAYS.has(program)) await this.interrupt([...GATEWAYS]);
    // As npx runs it; a signal reaches the program itself.
    const text = command.replace(/\bPORT=\d+/, 'PORT=0').replace('npx ', 'node_modules/.bin/');
    const args = ['-c', `exec env ${text}`];
    this.terminals.set(command, new LaunchedProcess('sh', args, plainEnvironment(this.env), this.folder));
  }

  /** A running gateway has read its policy file before the next step. */
  private async write(file: string, content: string): Promise<void> {
    const revision = (): Promise<unknown> => (file === POLICY_FILE ? this.revision() : Promise.resolve());
    const before = await revision();
    writeFileSync(join(this.folder, file), content);
    if (before !== undefined)
      await waitFor(`the reload of ${file}`, async () => (await revision()) !== before);
  }

  /** The revision of the policies in effect; `undefined` if no gateway runs. */
  private async revision(): Promise<unknown> {
    const response = await fetch(`${this.url}/policies`).catch(() => undefined);
    return ((await response?.json()) as { readonly revision?: unknown } | undefined)?.revision;
  }

  private async interrupt(programs: readonly string[]): Promise<void> {
    for (const [command, process] of this.terminals) {
      if (process.hasEnded || !programs.includes(PROGRAM.exec(command)?.[1] ?? '')) continue;
      process.signal('SIGINT');
      const { code } = await process.exited;
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${process.stdout}${process.stderr}`);
    }
  }

  /** Repeats the command until it has the outcome of the page: a program may be starting. */
  private async run({ text, status }: Command): Promise<void> {
    const command = `cd '${this.folder}'\n${text.replaceAll('http://localhost:8000', this.url)}`;
    let output = '';
    const isDone = async (): Promise<boolean> => {
      const { code, stdout, stderr } = await runCommand(command, this.env);
      output = stdout + stderr;
      this.outputs.delete(text);
      this.outputs.set(text, stdout);
      return code === 0 && hasStatus(stderr, status);
    };
    const timeoutMs = text.includes('curl') ? 20_000 : COMMAND_TIMEOUT_MS;
    await waitFor(text, isDone, timeoutMs).catch((cause: unknown) => {
      const programs = [...this.terminals].map(
        ([name, { stdout, stderr }]) => `${name}:\n${stdout}${stderr}`,
      );
      throw new Error(`${text}\n${output}\n${programs.join('\n')}`, { cause });
    });
  }
}

const hasStatus = (stderr: string, status: number | undefined): boolean =>
  [...stderr.matchAll(/^status (\d)(\d\d)$/gm)].every(([, first, rest]) =>
    status === undefined ? first === '2' : `${first}${rest}` === String(status),
  );
