import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const NODE_OPTIONS = ['--enable-source-maps', '--import', './scripts/split/end-with-parent.mjs'];
const WIDTH = 'product-service'.length;

/** One built app as a process, its output passed on line by line behind its name. */
export class AppProcess {
  #child;

  /** The last line that it wrote on standard error: why it did not start. */
  lastWords = '';

  constructor(name, env) {
    this.name = name;
    this.#child = spawn(process.execPath, [...NODE_OPTIONS, `dist/apps/${name}/src/main.js`], {
      env,
      // The channel is for end-with-parent.mjs: the system closes it when this process ends, even at SIGKILL.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches this script alone, which then stops the apps in order.
      detached: process.platform !== 'win32',
    });
    console.log(`${name} is process ${this.#child.pid}`);
    this.#prefix(this.#child.stdout, process.stdout);
    this.#prefix(this.#child.stderr, process.stderr).on('line', (line) => (this.lastWords = line));
    /** Resolves to how it ended: an exit code or a signal. After all of its output was passed on. */
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

  /** Asks it to finish what is in flight, and waits until it has. After SIGTERM it gives others time to notice. */
  async stop(signal) {
    if (this.running) this.#child.kill(signal);
    await this.ended;
  }

  kill() {
    if (this.running) this.#child.kill('SIGKILL');
  }

  #prefix(from, to) {
    return createInterface({ input: from }).on('line', (line) =>
      to.write(`${this.name.padEnd(WIDTH)} | ${line}\n`),
    );
  }
}
