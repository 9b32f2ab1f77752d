import { defineProblem } from '#contracts';

/** The problems of the discovery API. */
export const unknownInstance = defineProblem('unknown-instance', 404, 'Unknown instance');
export const timeNotRecorded = defineProblem('time-not-recorded', 404, 'Time not recorded');
export const tooManyInstances = defineProblem('too-many-instances', 409, 'Service instance limit reached');
export const registryFull = defineProblem('registry-full', 503, 'Registry instance limit reached');
export const targetRefused = defineProblem('target-refused', 403, 'Instance address not allowed');
export const targetNotUnicast = defineProblem('target-not-unicast', 422, 'Instance address not unicast');
export const targetUnknown = defineProblem('target-unknown', 422, 'Instance host not resolvable');
export const registryUnavailable = defineProblem('registry-unavailable', 503, 'Registry unavailable');
export const registryTokenRequired = defineProblem('registry-token-required', 401, 'Registry token required');
export const registryWritesFromLoopbackOnly = defineProblem(
  'registry-writes-from-loopback-only',
  403,
  'Registry writes allowed from loopback only',
);
export const tooManyEventStreams = defineProblem('too-many-event-streams', 503, 'Too many event streams');
export const faultsNotAllowed = defineProblem('faults-not-allowed', 403, 'Fault injection not allowed');
