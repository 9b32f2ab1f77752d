import { failureOf, type Failure, type FailureKind } from '../failure.js';

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** What undici itself refuses to send or to read; the instance's connection is not to blame. */
const isProtocolError = (code: string, error: unknown): boolean =>
  (error instanceof Error && error.name === 'HTTPParserError') ||
  code.startsWith('UND_ERR_INVALID') ||
  code === 'UND_ERR_NOT_SUPPORTED' ||
  code === 'UND_ERR_HEADERS_OVERFLOW' ||
  code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
  // A 101 that nobody asked for, an answer that nobody waits for.
  (error instanceof Error && /^bad (?:response|upgrade)$/.test(error.message));

function kindOf(error: unknown, wasConnected: boolean): FailureKind {
  const code = codeOf(error);
  if (isProtocolError(code, error)) return 'protocol-error';
  if (!wasConnected)
    return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' ? 'connect-timeout' : 'refused';
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 'timeout' : 'reset';
}

/** What an error of undici means. `wasConnected`: the request was, at least in part, written to a connection. */
export const upstreamFailure = (error: unknown, wasConnected: boolean): Failure =>
  failureOf(kindOf(error, wasConnected), error);
