/** `drain INSTANCE`: takes an instance out of rotation and waits for its last request. */
import { GATEWAY, gatewayOf, TOKEN } from './client/gateway-client.mjs';
import { currentState, liveStates } from './client/live-state.mjs';
import { stopSignal } from './client/stop-signal.mjs';
import { CommandError, EXIT, usageError } from './command-error.mjs';
import { stripControl } from './terminal/text.mjs';

const DEFAULT_TIMEOUT_SECONDS = 60;

export const command = {
  summary:
    'takes an instance out of rotation: it receives no new requests; then waits until none of its requests is pending',
  positionals: {
    service: {
      value: 'SERVICE',
      optional: true,
      names: 'services',
      help: 'refuses an instance of another service',
    },
    instance: { value: 'INSTANCE', names: 'instances', help: 'the id of the instance' },
  },
  options: {
    resume: { type: 'boolean', help: 'brings it back instead' },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: `how long to wait, by default ${DEFAULT_TIMEOUT_SECONDS}; 0: not at all`,
    },
    ...GATEWAY,
    ...TOKEN,
    json: {
      type: 'boolean',
      help: 'prints { instance, pending, isDrained }; instance: null if it has left the registry',
    },
  },
  notes: [
    'Pending are the requests of this gateway. With several gateways on one Redis, also those that the instance reports with its heartbeats.',
  ],
  exitCodes: {
    0: 'no request is pending, or the instance is back',
    1: 'requests are still pending, the gateway refuses, or cannot be reached',
    [EXIT.interrupted]: 'ended by Ctrl-C or another signal; the instance is still draining',
  },
  verify: ({ timeout = '0' }) => {
    if (!/^\d{1,6}$/.test(timeout)) throw usageError('--timeout must be a number of seconds');
  },
  run,
};

/** @returns the exit code */
async function run({ service, instance: id, resume, timeout = DEFAULT_TIMEOUT_SECONDS, json, ...options }) {
  const { INSTANCE_ID } = await import('../../dist/libs/contracts/src/discovery/registration-rules.js');
  // Another text could change the path of the request: ".." is one.
  if (!INSTANCE_ID.test(id))
    throw usageError(`INSTANCE must be the id of an instance, not ${stripControl(id)}`);
  const gateway = gatewayOf(options);
  const path = `/discovery/services/${encodeURIComponent(id)}`;
  if (service !== undefined) await refuseOtherService(gateway, path, service);
  const instance = await gateway.json(resume ? 'DELETE' : 'POST', `${path}/drain`);
  const timeoutMs = Number(timeout) * 1000;
  const stop = stopSignal();
  const result = resume
    ? { instance, pending: 0, isDrained: false }
    : await drained(gateway, instance, { timeoutMs, stop });
  console.log(json ? JSON.stringify(result, undefined, 2) : stripControl(textOf(id, resume, result)));
  if (stop.aborted && !resume && !result.isDrained) {
    console.error(`${id} is still draining; \`--resume\` brings it back`);
    return EXIT.interrupted;
  }
  return resume || result.isDrained || timeoutMs === 0 ? EXIT.ok : EXIT.failed;
}

async function refuseOtherService(gateway, path, service) {
  const { id, name } = await gateway.json('GET', path);
  if (name !== service)
    throw new CommandError(
      EXIT.failed,
      stripControl(`${id} is an instance of ${name}, not of ${service}; nothing is changed`),
    );
}

/** Waits for the last request of a draining instance. @returns what is pending then, after the timeout or at `stop` */
async function drained(gateway, instance, { timeoutMs, stop }) {
  const observe = async (state) => {
    const present = state.instances[instance.id];
    const pending = await pendingOf(gateway, instance, state);
    // The state may be older than the drain.
    return {
      instance: present ? instance : null,
      pending,
      isDrained: pending === 0 && present?.status !== 'up',
    };
  };
  let result = await observe(await currentState(gateway));
  if (timeoutMs === 0) return result;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  for await (const state of liveStates(gateway, { signal })) {
    result = await observe(state);
    if (result.isDrained) break;
  }
  return result;
}

/** Requests in flight to an instance; 0 if it has left the registry. */
async function pendingOf(gateway, instance, { instances, gateway: { store } }) {
  const own = instances[instance.id]?.inFlight ?? 0;
  if (own > 0 || store === 'memory' || !instances[instance.id]) return own;
  return reportedSince(await gateway.json('GET', `/discovery/services/${instance.id}`), instance);
}

/** Requests of all gateways, as the instance reports them. A heartbeat from before the drain does not count. */
const reportedSince = ({ inFlight, lastHeartbeatAt }, before) =>
  inFlight === undefined || lastHeartbeatAt !== before.lastHeartbeatAt
    ? (inFlight ?? 0)
    : Math.max(1, inFlight);

function textOf(id, resume, { instance, pending, isDrained }) {
  if (resume) return `${id} is back: ${instance.status} (${instance.statusReason})`;
  if (!instance) return `${id} has left the registry`;
  return isDrained
    ? `${id} is drained: no request is pending`
    : `${id} is draining: ${pending} ${pending === 1 ? 'request is' : 'requests are'} still pending`;
}
