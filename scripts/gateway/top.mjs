/** `top`: the services of a running gateway in a terminal, live. */
import { GATEWAY, gatewayOf } from './client/gateway-client.mjs';
import { currentState, liveStates } from './client/live-state.mjs';
import { stopSignal } from './client/stop-signal.mjs';
import { EXIT } from './command-error.mjs';
import { frameOf } from './terminal/frame.mjs';
import { Screen } from './terminal/screen.mjs';
import { painterFor } from './terminal/text.mjs';

export const command = {
  summary:
    'shows the services of a running gateway live: rates, errors, latency, pending requests, instances',
  options: {
    once: { type: 'boolean', help: 'prints one frame as text; so does output that is not a terminal' },
    ...GATEWAY,
    json: {
      type: 'boolean',
      help: 'prints the state of GET /dashboard/stream as one object a line, each time that it changes; with --once one',
    },
  },
  notes: [
    'Keys: q or Ctrl-C ends. Rates, errors and latency are of the last 10 seconds. NO_COLOR or FORCE_COLOR=0 prints without colours, FORCE_COLOR=1 with them.',
  ],
  exitCodes: { 0: 'shown, or ended by a key or a signal', 1: 'the gateway cannot be reached' },
  run,
};

/** @returns the exit code */
async function run({ once, json, ...options }) {
  const gateway = gatewayOf(options);
  if (json && !once) await printStates(gateway);
  else if (json) console.log(JSON.stringify(await currentState(gateway)));
  else if (once || !process.stdout.isTTY) await printFrame(gateway);
  else await showFrames(gateway);
  return EXIT.ok;
}

async function printStates(gateway) {
  for await (const state of liveStates(gateway, { signal: stopSignal() })) console.log(JSON.stringify(state));
}

async function printFrame(gateway) {
  const state = await currentState(gateway);
  console.log(frameOf(state, { url: gateway.url, paint: painterFor(process.stdout) }).join('\n'));
}

async function showFrames(gateway) {
  const stopped = stopSignal();
  let state = await currentState(gateway);
  const screen = new Screen(process.stdin, process.stdout);
  const signal = AbortSignal.any([stopped, screen.quit]);
  const paint = painterFor(process.stdout);
  let status = 'q quits';
  const draw = () =>
    screen.draw((rows) => [...frameOf(state, { url: gateway.url, paint, rows: rows - 2 }), '', status]);
  try {
    screen.onResize(draw);
    draw();
    const onLost = (reason) => {
      status = paint('red', `connection lost, connecting again: ${reason}`);
      draw();
    };
    for await (state of liveStates(gateway, { signal, onLost })) {
      status = 'q quits';
      draw();
    }
  } finally {
    screen.close();
  }
}
