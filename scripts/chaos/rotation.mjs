import { DrillError } from './drill-error.mjs';

/**
 * Which instances of a service are in rotation, followed over the event stream of the gateway. `changes` are the events
 * since the start: `{ atMs, instanceId, status, reason, up }`, with the number of instances that are up after each.
 */
export class Rotation {
  changes = [];
  #statuses = new Map();
  #closing = new AbortController();

  /** @param now milliseconds since the drill began */
  static async follow(client, service, now) {
    const rotation = new Rotation();
    const events = await openEvents(client, rotation.#closing.signal);
    for (const { id, status } of await client.instances(service)) rotation.#statuses.set(id, status);
    rotation.#read(events, service, now).catch(() => undefined);
    return rotation;
  }

  get up() {
    return [...this.#statuses.values()].filter((status) => status === 'up').length;
  }

  close() {
    this.#closing.abort();
  }

  async #read(body, service, now) {
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const events = (text + chunk).split('\n\n');
      text = events.pop();
      for (const event of events.map(dataOf)) if (event?.service === service) this.#apply(event, now());
    }
  }

  #apply({ instanceId, status, reason }, atMs) {
    if (this.#statuses.get(instanceId) === status) return;
    this.#statuses.set(instanceId, status);
    this.changes.push({ atMs, instanceId, status, reason, up: this.up });
  }
}

async function openEvents({ adminUrl }, signal) {
  try {
    const response = await fetch(`${adminUrl}/discovery/events`, {
      headers: { accept: 'text/event-stream' },
      signal,
    });
    if (response.status === 200) return response.body;
    throw new DrillError(`${adminUrl}: GET /discovery/events responded ${response.status}`);
  } catch (error) {
    if (error instanceof DrillError) throw error;
    throw new DrillError(
      `${adminUrl}: the event stream cannot be read (${error.cause?.code ?? error.message})`,
    );
  }
}

function dataOf(event) {
  const [, data] = /^data: ?(.*)$/m.exec(event) ?? [];
  return data && JSON.parse(data);
}
