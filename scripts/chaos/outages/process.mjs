import { DrillError } from '../drill-error.mjs';
import { listenerOf } from './listener.mjs';

/** Kills or stops processes of this machine. A killed one returns if something restarts it. */
export class ProcessOutage {
  /**
   * The processes of instances.
   * @throws DrillError if one is not found on this machine
   */
  static of(fault, instances) {
    return new ProcessOutage(fault, [...new Set(instances.map(processOf))]);
  }

  /** @param pids process ids */
  constructor(fault, pids) {
    this.pids = pids;
    this.fault = fault;
    this.names = pids.map((pid) => `process ${pid}`);
  }

  begin() {
    this.#signal(this.fault === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  }

  end() {
    if (this.fault === 'hang') this.#signal('SIGCONT');
  }

  #signal(signal) {
    for (const pid of this.pids) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        throw new DrillError(`process ${pid} cannot receive ${signal} (${error.code})`);
      }
    }
  }
}

function processOf({ id, url }) {
  const pid = listenerOf(new URL(url));
  if (pid !== undefined) return pid;
  throw new DrillError(
    `no single process of this machine is found that listens at ${url}, the address of ${id}: name it with --pid`,
  );
}
