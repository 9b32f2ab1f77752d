/** `services`: the services of a running gateway and their instances. */
import { GATEWAY, gatewayOf } from './client/gateway-client.mjs';
import { currentState } from './client/live-state.mjs';
import { EXIT } from './command-error.mjs';
import { tableOf } from './terminal/table.mjs';
import { FORMATS, painterFor } from './terminal/text.mjs';
import { ageOf, milliseconds } from './terminal/units.mjs';

export const command = {
  summary: 'lists the services of a running gateway and their instances',
  options: {
    service: { type: 'string', value: 'SERVICE', names: 'services', help: 'only this service' },
    ...GATEWAY,
    json: {
      type: 'boolean',
      help: 'prints { at, services: { NAME: … }, instances: { ID: … } } of GET /dashboard/stream',
    },
  },
  notes: [
    'PENDING are the requests that this gateway has in flight to an instance; P50 and P99 are of the last 10 seconds; HEARTBEAT is how long ago the last one was.',
  ],
  exitCodes: { 0: 'listed', 1: 'the gateway cannot be reached, or does not know the service' },
  run,
};

const COLUMNS = [
  { title: 'SERVICE' },
  { title: 'VERSION' },
  { title: 'INSTANCE' },
  { title: 'ADDRESS' },
  { title: 'STATUS', format: (status) => FORMATS[status.split(',')[0]] },
  { title: 'WEIGHT', isNumber: true },
  { title: 'PENDING', isNumber: true },
  { title: 'P50', isNumber: true },
  { title: 'P99', isNumber: true },
  { title: 'HEARTBEAT', isNumber: true },
  { title: 'REASON' },
];

/** @returns the exit code */
async function run({ service, json, ...options }) {
  const { at, ...state } = await currentState(gatewayOf(options));
  const isShown = (name) => service === undefined || name === service;
  const services = selected(state.services, ([name]) => isShown(name));
  const instances = selected(state.instances, ([, instance]) => isShown(instance.service));
  if (json) console.log(JSON.stringify({ at, services, instances }, undefined, 2));
  else if (Object.keys(services).length > 0) console.log(textOf(at, services, instances));
  else if (service === undefined) console.log('no services');
  if (service === undefined || services[service]) return EXIT.ok;
  console.error(`the gateway does not know the service ${service}; "services" without --service lists all`);
  return EXIT.failed;
}

const selected = (members, isShown) => Object.fromEntries(Object.entries(members).filter(isShown));

function textOf(at, services, instances) {
  const rows = Object.entries(instances).map(([id, instance]) => rowOf(at, id, instance));
  const found = new Set(rows.map(([service]) => service));
  const empty = Object.entries(services)
    .filter(([name]) => !found.has(name))
    .map(([name, { lastSeenAt }]) => emptyRow(name, `no instances since ${lastSeenAt}`));
  return tableOf(COLUMNS, [...rows, ...empty].sort(byServiceAndInstance), painterFor(process.stdout)).join(
    '\n',
  );
}

const rowOf = (at, id, instance) => [
  instance.service,
  instance.version,
  id,
  instance.url,
  statusOf(instance),
  instance.weight,
  instance.inFlight,
  milliseconds(instance.p50Ms),
  milliseconds(instance.p99Ms),
  ageOf(instance.lastHeartbeatAt, at),
  instance.statusReason,
];

/** An instance may be up, but receive no requests from this gateway. */
const statusOf = ({ status, isInRotation }) =>
  status === 'up' && !isInRotation ? 'up, not in rotation' : status;

const emptyRow = (name, reason) => [name, ...Array(COLUMNS.length - 2).fill('-'), reason];

const byServiceAndInstance = ([a, , idOfA], [b, , idOfB]) => compare(a, b) || compare(idOfA, idOfB);

const compare = (a, b) => Number(a > b) - Number(a < b);
