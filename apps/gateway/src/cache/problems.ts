import { defineProblem } from '#contracts';

/** The problems of the response cache. */
export const purgeNotShared = defineProblem(
  'purge-not-shared',
  503,
  'Other gateways not reachable for a purge',
);
