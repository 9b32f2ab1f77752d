import { defineProblem } from '#contracts';

/** The problems of the discovery API. */
export const unknownInstance = defineProblem('unknown-instance', 404, 'Unknown instance');
export const unknownServiceName = defineProblem('unknown-service', 404, 'Unknown service');
export const tooManyInstances = defineProblem(
  'too-many-instances',
  409,
  'The service has too many instances',
);
export const registryFull = defineProblem('registry-full', 503, 'The registry is full');
export const targetRefused = defineProblem('target-refused', 403, 'Instances may not be there');
export const targetNotUnicast = defineProblem(
  'target-not-unicast',
  422,
  'The host of the URL is no unicast address',
);
export const targetUnknown = defineProblem('target-unknown', 422, 'The host of the URL is unknown');
export const registryUnavailable = defineProblem(
  'registry-unavailable',
  503,
  'The registry cannot be written',
);
export const registryTokenRequired = defineProblem(
  'registry-token-required',
  401,
  'A registry token is required',
);
export const registryWritesFromLoopbackOnly = defineProblem(
  'registry-writes-from-loopback-only',
  403,
  'Registry writes are taken from this machine only',
);
export const tooManyEventStreams = defineProblem('too-many-event-streams', 503, 'Too many event streams');
