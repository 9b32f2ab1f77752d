import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isPretty, logLine } from '../lib/log-line.mjs';
import { SERVICES } from '../lib/services.mjs';

const NODE_OPTIONS = ['--enable-source-maps', '--import', './scripts/split/end-with-parent.mjs'];
const WIDTH = Math.max(...SERVICES.map((name) => name.length));

/**
 * One built app as a process. Its output is passed on line by line, prefixed with its name; JSON lines, which name the
 * app themselves, as they are.
 */
export class AppProcess {
  #child;

  /** The last line on standard error: the reason why the app did not start. */
  lastErrorLine = '';

  constructor(name, env) {
    this.name = name;
    this.#child = spawn(process.execPath, [...NODE_OPTIONS, `dist/apps/${name}/src/main.js`], {
      env,
      // The channel is for end-with-parent.mjs: the system closes it when this process ends, even by SIGKILL.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: Ctrl-C reaches only this script, which then stops the apps in order.
      detached: process.platform !== 'win32',
    });
    const { pid } = this.#child;
    logLine('split', `${name} is process ${pid}`, { process: name, pid });
    const lines = this.#pass(this.#child.stdout, process.stdout, isPretty());
    /** Resolves when the app has said that it is ready, which is the last line of its start. */
    this.ready = new Promise((resolve) => {
      lines.on('line', (line) => line.includes(`${name} ready: open `) && resolve());
    });
    this.#pass(this.#child.stderr, process.stderr, true).on('line', (line) => (this.lastErrorLine = line));
    /** Resolves to the exit code or signal, after all output has been passed on. */
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get clean() {
    return this.#child.exitCode === 0;
  }

  /** Sends `signal` and waits until the app has ended. After SIGTERM the app serves for its shutdown delay first. */
  async stop(signal) {
    if (this.running) this.#child.kill(signal);
    await this.ended;
  }

  /** Sends a signal that does not end the app. */
  signal(signal) {
    if (this.running) this.#child.kill(signal);
  }

  kill() {
    if (this.running) this.#child.kill('SIGKILL');
  }

  #pass(from, to, isPrefixed) {
    const prefix = isPrefixed ? `${this.name.padEnd(WIDTH)} | ` : '';
    return createInterface({ input: from }).on('line', (line) => to.write(`${prefix}${line}\n`));
  }
}
