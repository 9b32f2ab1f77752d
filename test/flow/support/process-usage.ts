import { readdirSync, readFileSync } from 'node:fs';

export const MB = 1024 * 1024;

/** Resident memory of a process in bytes. */
export function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** Number of open file descriptors of a process. */
export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

const SAMPLE_MS = 20;

/** The largest resident memory of a process, in bytes, during `work`. */
export async function peakRssDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = rssOf(pid);
  const sampling = setInterval(() => (peak = Math.max(peak, rssOf(pid))), SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return Math.max(peak, rssOf(pid));
}
