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
    this.stopped = [];
  }

  /** @throws DrillError if a process cannot be signalled; the others are */
  begin() {
    const signal = this.fault === 'kill' ? 'SIGKILL' : 'SIGSTOP';
    const failures = signalAll(this.pids, signal);
    if (this.fault === 'hang') this.stopped = this.pids.filter((pid) => !failures.has(pid));
    mustBeEmpty(failures, signal);
  }

  /** Lets all stopped processes continue, except those that have ended meanwhile. */
  end() {
    const failures = signalAll(this.stopped, 'SIGCONT');
    for (const [pid, code] of failures) if (code === 'ESRCH') failures.delete(pid);
    mustBeEmpty(failures, 'SIGCONT');
  }
}

/** Codes of the errors, by process id. One process that cannot be signalled must not keep the others stopped. */
function signalAll(pids, signal) {
  const failures = new Map();
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      failures.set(pid, error.code);
    }
  }
  return failures;
}

function mustBeEmpty(failures, signal) {
  if (failures.size === 0) return;
  const each = Array.from(failures, ([pid, code]) => `process ${pid} cannot receive ${signal} (${code})`);
  throw new DrillError(each.join('; '));
}

function processOf({ id, url }) {
  const pid = listenerOf(new URL(url));
  if (pid !== undefined) return pid;
  throw new DrillError(
    `no single process of this machine is found that listens at ${url}, the address of ${id}: name it with --pid`,
  );
}
