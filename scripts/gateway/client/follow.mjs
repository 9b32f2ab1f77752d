import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-error.mjs';

const RETRY_MS = 2000;

/** On the standard error: the output has results alone. */
const reportLoss = (reason) => console.error(`connection lost, connecting again: ${reason}`);

/**
 * Follows a stream of a gateway until `signal`: when it breaks, connects again and continues after the last event.
 * @param lastEventId begins after this event; without it, with the next one
 * @param onLost called with the reason each time that the connection is lost or cannot be opened again
 * @throws CommandError if the first connection fails
 */
export async function* follow(gateway, path, { lastEventId, signal, onLost = reportLoss }) {
  let hasConnected = false;
  while (!signal.aborted) {
    let reason = 'the stream ended';
    try {
      for await (const event of gateway.events(path, { lastEventId, signal })) {
        hasConnected = true;
        lastEventId = event.id ?? lastEventId;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof CommandError) || (!hasConnected && !signal.aborted)) throw error;
      reason = error.message;
    }
    if (signal.aborted) return;
    hasConnected = true;
    onLost(reason);
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
