/** Valid service names. A service name is also a path segment and part of store keys, hence the narrow pattern. */
export const SERVICE_NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** Valid instance ids. */
export const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Terminals and shells act on control characters (C0, C1 and DEL). */
export const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

export const DEFAULT_TTL_SECONDS = 15;
export const DEFAULT_WEIGHT = 100;
export const MAX_WEIGHT = 1000;
export const DEFAULT_HEALTH_PATH = '/health/ready';
export const DEFAULT_VERSION = '0.0.0';
