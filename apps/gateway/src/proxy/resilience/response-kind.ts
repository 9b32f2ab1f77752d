import { GATEWAY_ERROR_STATUSES } from '../../policy/policy.js';

/**
 * Statuses that count as failures of an instance for outlier ejection. Others, such as 501, concern the request. The
 * policy defines which statuses count for the circuit breaker of a service: {@link BreakerLimits.statuses}.
 */
export const EJECTION_STATUSES: readonly number[] = [500, ...GATEWAY_ERROR_STATUSES];

const isServerError = (status: number): boolean => status >= 500;

/** The response of a proxy, or of an instance that is leaving or overloaded; it does not concern the request. */
export const isGatewayError = (status: number): boolean =>
  isServerError(status) && GATEWAY_ERROR_STATUSES.includes(status);

/** Whether a response shows an instance that does not work. */
export const isFailure = (status: number): boolean =>
  isServerError(status) && EJECTION_STATUSES.includes(status);
