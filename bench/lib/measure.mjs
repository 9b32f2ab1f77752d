import { canMeasureCpu, cpuOf } from './cpu.mjs';
import { loadFor } from './load/index.mjs';

/** Measures one period of load on a running target, the CPU time of its processes, and which share of it caches served. */
export async function measure(running, target, scenario, seconds) {
  await running.prepare?.();
  const forwardedBefore = await forwardedRequests(running, target, scenario);
  const pid = canMeasureCpu ? running.child?.pid : undefined;
  const before = pid === undefined ? 0 : cpuOf(pid);
  const url = running.url + target.prefix + scenario.path;
  const outcome = await loadFor(scenario).run({ ...scenario, url, seconds, headers: running.headers ?? {} });
  const spentUs = pid === undefined || outcome.requests === 0 ? undefined : cpuOf(pid) - before;
  const cpuUs = spentUs === undefined ? undefined : spentUs / outcome.requests;
  const rps = outcome.requests / outcome.seconds;
  if (forwardedBefore === undefined) return { ...outcome, rps, cpuUs };
  const forwarded = (await forwardedRequests(running, target, scenario)) - forwardedBefore;
  const hitRate = 1 - forwarded / outcome.requests;
  return { ...outcome, rps, cpuUs, hitRate, hitsPerSecond: rps * hitRate };
}

/** How many requests for objects have reached the upstream; `undefined` for scenarios that request none. */
async function forwardedRequests({ url }, { prefix }, { kind }) {
  if (kind !== 'zipf') return undefined;
  const response = await fetch(`${url}${prefix}/requests`);
  return Number(await response.text());
}

/** Verifies that a target returns the response that the scenario expects. @throws Error if not */
export async function check(running, target, { method, path, bodyBytes, responseBytes }) {
  const body = bodyBytes > 0 ? 'x'.repeat(bodyBytes) : undefined;
  const { headers } = running;
  const response = await fetch(running.url + target.prefix + path, { method, body, headers });
  const bytes = (await response.arrayBuffer()).byteLength;
  if (response.status !== 200 || bytes !== responseBytes)
    throw new Error(`returned ${response.status} with ${bytes} bytes instead of 200 with ${responseBytes}`);
}
