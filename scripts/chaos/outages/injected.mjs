import { DrillError } from '../drill-error.mjs';

/** Time that the gateway keeps the fault if this command cannot end it. */
const MARGIN_S = 2;
const MOST_S = 600;

/** What to do, by the code of the problem. */
const ADVICE = {
  'registry-token-required': 'Set REGISTRY_TOKEN to the token of its registry',
  'faults-not-allowed':
    'To kill or hang the instance itself, add --process, or --compose or --prod if it runs in a container',
};

function refusalOf(status, { type = '', title = '', detail = title } = {}) {
  const advice = ADVICE[type.split(/[:/#]/).at(-1)];
  return `the gateway injects no fault: ${status} ${detail}${advice ? `. ${advice}` : ''}`;
}

/** The gateway injects the fault between itself and the instances, in either mount and in containers. */
export class InjectedOutage {
  constructor(client, instances, { fault, forMs, delayMs, percent, status }) {
    const forSeconds = Math.min(forMs / 1000 + MARGIN_S, MOST_S);
    const how = { slow: { delayMs }, errors: { percent, status } };
    this.client = client;
    this.names = instances.map(({ id }) => id);
    this.body = { kind: fault, forSeconds, ...how[fault] };
  }

  async begin() {
    for (const id of this.names) {
      const { status, body } = await this.client.call('PUT', pathOf(id), this.body);
      if (status !== 200) throw new DrillError(refusalOf(status, body));
    }
  }

  /** Ends all faults, also if the end of one cannot be requested. */
  async end() {
    const calls = this.names.map((id) => this.client.call('DELETE', pathOf(id)));
    const failed = (await Promise.allSettled(calls)).find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  }
}

const pathOf = (id) => `/discovery/services/${encodeURIComponent(id)}/fault`;
