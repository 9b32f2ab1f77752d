import { defineProblem } from '#contracts';

/** The problems of the contract endpoints. */
export const noBrokenContract = defineProblem('no-broken-contract', 404, 'No broken contract');
export const contractsUnavailable = defineProblem('contracts-unavailable', 503, 'Contracts unavailable');
