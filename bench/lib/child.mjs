import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { pinned } from './machine.mjs';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5000;
const running = new Set();
let started = 0;

/** A process of the benchmark. Its output goes to a file, like a server's log. */
export class Child {
  /** Settles when the process has ended, with its exit code. */
  exited;
  #process;
  #log;

  /** @param {{ role: 'gateway' | 'load', command: string, args: string[], env?: object, directory: string }} spec */
  constructor({ role, command, args, env = {}, directory }) {
    this.#log = join(directory, `${(started += 1)}.log`);
    // Append mode: after a truncation the file must not continue with a hole.
    const log = openSync(this.#log, 'a');
    const [file, argv] = pinned(role, command, args);
    const stdio = ['ignore', log, log, 'ipc'];
    this.#process = spawn(file, argv, { stdio, env: { ...process.env, NODE_ENV: 'production', ...env } });
    closeSync(log);
    this.exited = once(this.#process, 'exit').then(([code]) => code);
    running.add(this);
    void this.exited.finally(() => running.delete(this)).catch(() => undefined);
  }

  get pid() {
    return this.#process.pid;
  }

  /** The next message that the process sends over its IPC channel. */
  report() {
    return this.#orFailure(once(this.#process, 'message').then(([message]) => message));
  }

  /** Waits until `condition` resolves to true. */
  until(condition) {
    return this.#orFailure(poll(condition));
  }

  emptyLog() {
    truncateSync(this.#log);
  }

  async stop() {
    this.#process.kill('SIGTERM');
    const ended = await Promise.race([this.exited, sleep(STOP_TIMEOUT_MS, 'late', { ref: false })]);
    if (ended === 'late') this.#process.kill('SIGKILL');
    await this.exited;
  }

  async #orFailure(ready) {
    const timer = new AbortController();
    try {
      return await Promise.race([
        ready,
        this.exited.then((code) => this.#fail(`exited with ${code}`)),
        sleep(START_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() =>
          this.#fail('was not ready in time'),
        ),
      ]);
    } finally {
      timer.abort();
    }
  }

  #fail(what) {
    const tail = readFileSync(this.#log, 'utf8').trim().split('\n').slice(-5).join('\n');
    throw new Error(`${what}${tail && `\n${tail}`}`);
  }
}

async function poll(condition) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && !(await condition())) await sleep(20);
}

/** Ends all running processes. */
export const stopAll = () => Promise.all([...running].map((child) => child.stop()));
