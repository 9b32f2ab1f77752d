/**
 * Posts the index of every request when it is due. Runs in a thread of its own that sleeps on a futex: timers of an event loop have a
 * resolution of one millisecond, which is coarser than the latencies to measure.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { startNs, intervalNs, count } = workerData;
const sleeping = new Int32Array(new SharedArrayBuffer(4));

for (let index = 0; index < count; index += 1) {
  const dueNs = startNs + BigInt(index) * BigInt(intervalNs);
  const waitMs = Number(dueNs - process.hrtime.bigint()) / 1e6;
  if (waitMs > 0) Atomics.wait(sleeping, 0, 0, waitMs);
  parentPort.postMessage(index);
}
