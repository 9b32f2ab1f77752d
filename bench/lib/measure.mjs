import { canMeasureCpu, cpuOf } from './cpu.mjs';
import { loadFor } from './load/index.mjs';

/** One stretch of load on one running target, and what its processes spent on it. */
export async function measure(running, target, scenario, seconds) {
  await running.prepare?.();
  const pid = canMeasureCpu ? running.child?.pid : undefined;
  const before = pid === undefined ? 0 : cpuOf(pid);
  const url = running.url + target.prefix + scenario.path;
  const outcome = await loadFor(scenario).run({ ...scenario, url, seconds });
  const spentUs = pid === undefined || outcome.requests === 0 ? undefined : cpuOf(pid) - before;
  const cpuUs = spentUs === undefined ? undefined : spentUs / outcome.requests;
  return { ...outcome, rps: outcome.requests / outcome.seconds, cpuUs };
}

/** Makes sure that a target answers what the scenario expects before its speed is worth anything. @throws Error if not */
export async function check(running, target, { method, path, bodyBytes, answerBytes }) {
  const body = bodyBytes > 0 ? 'x'.repeat(bodyBytes) : undefined;
  const answer = await fetch(running.url + target.prefix + path, { method, body });
  const bytes = (await answer.arrayBuffer()).byteLength;
  if (answer.status !== 200 || bytes !== answerBytes)
    throw new Error(`answers ${answer.status} with ${bytes} bytes instead of 200 with ${answerBytes}`);
}
