import { StartupError } from '../config/config-error.js';

const EXPLANATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is already taken',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'the address does not belong to this host',
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
};

/**
 * Returns a one-line error with the reason why `app` cannot start; unexpected errors are returned unchanged, with
 * their stack.
 */
export function startupErrorOf(app: string, error: unknown): unknown {
  if (error instanceof StartupError) return new StartupError(`${app}: ${error.message}`);
  const { code, port, path } = error as { code?: string; port?: number; path?: string };
  const explanation = EXPLANATIONS[code ?? ''];
  if (!explanation) return error;
  const where = port === undefined ? path : `port ${port}`;
  return new StartupError(`${app}: ${explanation}${where ? ` (${where})` : ''}`, { cause: error });
}
