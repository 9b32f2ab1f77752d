import { DrillError } from '../drill-error.mjs';

/** Kills or stops a process of this machine. A killed one returns if something restarts it. */
export class ProcessOutage {
  constructor({ pid, fault }) {
    this.pid = pid;
    this.fault = fault;
    this.names = [`process ${pid}`];
  }

  begin() {
    this.#signal(this.fault === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  }

  end() {
    if (this.fault === 'hang') this.#signal('SIGCONT');
  }

  #signal(signal) {
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      throw new DrillError(`process ${this.pid} cannot receive ${signal} (${error.code})`);
    }
  }
}
