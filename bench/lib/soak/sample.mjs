import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in MB and open file descriptors of a process, from /proc. */
export function sampleOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  return { rssMb, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
