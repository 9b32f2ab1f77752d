import { defineProblem } from '#contracts';

/** The problems of the policy endpoints. */
export const policiesFromLoopbackOnly = defineProblem(
  'policies-from-loopback-only',
  403,
  'Policies readable from loopback only',
);
