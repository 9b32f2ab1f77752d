import type { FaultKind, FaultView } from '#contracts';
import type { Finding } from './finding.js';

const EFFECTS: Readonly<Record<FaultKind, string>> = {
  kill: 'connections to it are refused',
  hang: 'it accepts connections and stays silent',
  slow: 'its responses are late',
  errors: 'its responses have an error status',
};

/** An injected fault: the reason for what else is found about the instance. */
export const injectedFault = ({ instanceId, service, kind, endsAt }: FaultView): Finding => ({
  kind: 'instance-fault',
  subject: instanceId,
  service,
  condition: 'warning',
  reason: `a fault is injected: ${EFFECTS[kind]}, until ${endsAt}`,
  values: { fault: kind, endsAt },
  holdMs: 0,
});
