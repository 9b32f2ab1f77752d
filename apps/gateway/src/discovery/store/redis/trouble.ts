import { factsOf } from '#service-kit';

/** How Redis begins what it says no with: `WRONGPASS`, `NOAUTH`, `NOPERM`, `LOADING`. */
const REPLY = /^[A-Z]{3,}(?= )/;

/** What is the matter with the store, in one word that tells no address and no secret, so that everybody may see it. */
export function troubleOf(cause: unknown): string {
  const { code, message = '' } = factsOf(cause);
  return code ?? REPLY.exec(message)?.[0] ?? 'no connection';
}

/** The same for those who run the gateway. What failed on every address of a name has no message of its own. */
export function troubleInWords(cause: unknown): string {
  const { message = '' } = factsOf(cause);
  return message === '' ? troubleOf(cause) : message;
}

/** A server that does not know our name, our password or our database, or that is not whom we trust. */
const REFUSAL = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR DB index) /;
const DISTRUST = /CERT|LEAF_SIGNATURE/;

/** Whether trying again is of no use until somebody changes a setting. */
export function isRefusal(cause: unknown): boolean {
  const { code = '', message = '' } = factsOf(cause);
  return REFUSAL.test(`${message} `) || DISTRUST.test(code);
}
