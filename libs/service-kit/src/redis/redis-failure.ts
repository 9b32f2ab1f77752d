import { errorProperties } from '../errors/error-properties.js';

/** The prefix of a Redis error reply: `WRONGPASS`, `NOAUTH`, `NOPERM`, `LOADING`. */
const REPLY = /^[A-Z]{3,}(?= )/;

/** The cause in one word, without addresses or secrets, so that it can be published. */
export function failureCode(cause: unknown): string {
  const { code, message = '' } = errorProperties(cause);
  return code ?? REPLY.exec(message)?.[0] ?? 'no connection';
}

/** The cause for operators. A connection that failed on every address of a name has no message. */
export function failureMessage(cause: unknown): string {
  const { message = '' } = errorProperties(cause);
  return message === '' ? failureCode(cause) : message;
}

/**
 * The server does not accept the user name, the password or the database, or its certificate is not trusted; the
 * Sentinels do not know the master; or the server is not part of a cluster.
 */
const REFUSAL =
  /^(?:WRONGPASS|NOAUTH|NOPERM|ERR DB index|ERR no such master:|ERR This instance has cluster support disabled) /;
const DISTRUST = /CERT|LEAF_SIGNATURE/;

/** Whether retrying is useless until a setting is changed. */
export function isRefusal(cause: unknown): boolean {
  const { code = '', message = '' } = errorProperties(cause);
  return REFUSAL.test(`${message} `) || DISTRUST.test(code);
}
