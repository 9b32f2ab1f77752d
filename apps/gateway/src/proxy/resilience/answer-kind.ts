/** Speaks for whoever stands between, or for an instance that is leaving or overrun; says nothing about the request. */
export const isGatewayError = (status: number): boolean => status === 502 || status === 503 || status === 504;

/** Shows an instance that does not work. 501 and the like are about the request. */
export const isFailure = (status: number): boolean => status === 500 || isGatewayError(status);
