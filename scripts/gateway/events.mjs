/** `events`: the changes of the registry of a running gateway. */
import { follow } from './client/follow.mjs';
import { GATEWAY, gatewayOf } from './client/gateway-client.mjs';
import { stopSignal } from './client/stop-signal.mjs';
import { EXIT, usageError } from './command-error.mjs';
import { FORMATS, painterFor, stripControl } from './terminal/text.mjs';

const DEFAULT_LIMIT = 20;

export const command = {
  summary: 'lists the last changes of the registry of a running gateway, the newest last',
  options: {
    follow: {
      type: 'boolean',
      short: 'f',
      help: 'goes on with new events until Ctrl-C; connects again if the gateway restarts',
    },
    limit: { type: 'string', value: 'COUNT', help: `how many, by default ${DEFAULT_LIMIT}` },
    service: { type: 'string', value: 'SERVICE', names: 'services', help: 'only those of this service' },
    ...GATEWAY,
    json: {
      type: 'boolean',
      help: 'prints one object a line: { id, type, at, service, instanceId, status, reason }',
    },
  },
  exitCodes: { 0: 'listed, or ended by Ctrl-C', 1: 'the gateway cannot be reached' },
  verify: ({ limit = '0' }) => {
    if (!/^\d{1,6}$/.test(limit)) throw usageError('--limit must be a number');
  },
  run,
};

const STREAM = '/discovery/events';

/** @returns the exit code */
async function run({ follow: isFollowed, limit = DEFAULT_LIMIT, service, json, ...options }) {
  const signal = stopSignal();
  const gateway = gatewayOf(options);
  const print = printerOf(json, service);
  const stored = await gateway.json('GET', `${STREAM}?since=0`);
  const shown = stored.filter((event) => print.selects(event));
  // `slice(-0)` would be all.
  for (const event of shown.slice(Math.max(0, shown.length - Number(limit)))) print.event(event);
  if (isFollowed) await printNew(gateway, print, { signal, lastEventId: String(stored.at(-1)?.id ?? 0) });
  return EXIT.ok;
}

async function printNew(gateway, print, { signal, lastEventId }) {
  for await (const { event, data } of follow(gateway, STREAM, { lastEventId, signal })) {
    const content = JSON.parse(data);
    if (event === 'reset') console.error(`events are missing: ${stripControl(content.detail)}`);
    else if (print.selects(content)) print.event(content);
  }
}

function printerOf(json, service) {
  const paint = painterFor(process.stdout);
  return {
    selects: (event) => service === undefined || event.service === service,
    event: (event) => console.log(json ? JSON.stringify(event) : lineOf(event, paint)),
  };
}

/** The widths suit usual names: later events are not known yet. */
function lineOf(event, paint) {
  const { at, type, service, instanceId, status, reason } = shown(event);
  const name = `${service} ${instanceId}`.padEnd(36);
  return `${at}  ${type.padEnd(16)}  ${name}  ${paint(FORMATS[status] ?? 'gray', status.padEnd(8))}  ${reason}`;
}

const shown = (event) =>
  Object.fromEntries(Object.entries(event).map(([name, value]) => [name, stripControl(value)]));
