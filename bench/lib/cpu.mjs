import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** CPU time is read from /proc. On other systems the benchmarks report rates and latencies only. */
export const canMeasureCpu = platform() === 'linux';

// USER_HZ, the unit of /proc/PID/stat, is 100 on every Linux architecture that Node runs on.
const TICK_US = 10_000;

/** Parent and CPU microseconds of one process; `undefined` after it has ended. See proc_pid_stat(5). */
function readStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses, which may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), cpuUs: (Number(fields[11]) + Number(fields[12])) * TICK_US };
  } catch {
    return undefined;
  }
}

const allStats = () =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => readStat(Number(pid)))
    .filter((stat) => stat !== undefined);

function withDescendants(root, stats) {
  const children = stats.filter(({ parent }) => parent === root);
  return [root, ...children.flatMap(({ pid }) => withDescendants(pid, stats))];
}

/** Process ids of a process and its descendants. */
export const familyOf = (root) => withDescendants(root, allStats());

/** CPU microseconds, user and system, of a process and its descendants so far. */
export function cpuOf(root) {
  const stats = allStats();
  const family = new Set(withDescendants(root, stats));
  return stats.reduce((sum, { pid, cpuUs }) => (family.has(pid) ? sum + cpuUs : sum), 0);
}
