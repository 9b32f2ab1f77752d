import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../lib/free-port.mjs';
import { gatewayUrl, operatorsUrl } from '../lib/gateway-url.mjs';

const POLL_MS = 50;

/** Ports and URLs of the gateway, for clients and for operators and instances, determined before it starts: port 0 becomes a port that is free now. */
export async function gatewayAddress(env) {
  const port = env.GATEWAY_PORT === '0' ? String(await freePort()) : env.GATEWAY_PORT || '8000';
  const url = gatewayUrl({ ...env, GATEWAY_PORT: port });
  if (!env.ADMIN_PORT) return { port, url, adminUrl: url };
  const adminPort = env.ADMIN_PORT === '0' ? String(await freePort()) : env.ADMIN_PORT;
  const adminUrl = operatorsUrl({ ...env, ADMIN_PORT: adminPort });
  return { port, url, adminPort, adminUrl };
}

/** Whether the port of `url` is free. Another system on it would respond as if it were this gateway. */
export async function isFree(url) {
  const { hostname, port } = new URL(url);
  const probe = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) });
  const taken = await new Promise((resolve) => {
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.setTimeout(1000, () => resolve(false));
  });
  probe.destroy();
  return !taken;
}

async function get(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

async function poll(check, isNeeded) {
  while (isNeeded() && !(await check())) await sleep(POLL_MS);
}

/** Waits until the gateway responds, or `isNeeded()` is false. */
export const gatewayUp = (url, isNeeded) => poll(() => get(`${url}/health/live`), isNeeded);

/** Waits until the gateway has a healthy instance of each of `names`, or `isNeeded()` is false. */
export const servicesUp = (url, names, isNeeded) =>
  poll(async () => {
    const services = (await get(`${url}/services`)) ?? [];
    return names.every((name) => services.some((s) => s.name === name && s.instances.healthy > 0));
  }, isNeeded);
