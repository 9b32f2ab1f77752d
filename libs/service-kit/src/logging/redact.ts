/** Replaces a secret in a log line. */
export const REDACTED = '[redacted]';

const SECRET_NAMES =
  'authorization|proxy-authorization|cookie|set-cookie|x-api-key|api[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|token|client[-_]?secret|secret|password|passwd|pwd';

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
/** Members by the name of a secret, with a string or a list of strings as value. */
const MEMBERS = new RegExp(String.raw`("(?:${SECRET_NAMES})":)(?:${STRING}|\[(?:${STRING}|[,\s])*\])`, 'gi');
/** Parameters of a query or a form. */
const PARAMETERS = new RegExp(String.raw`([?&;](?:${SECRET_NAMES})=)[^&;#"\\\s]+`, 'gi');
const CREDENTIALS = /\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi;
/** User name and password in a URL. */
const USER_INFO = /(\w:\/\/)[^\s"/?#@\\]+@/g;

/**
 * Removes secrets from a log line: members and query parameters with the name of a secret, credentials of
 * `Authorization`, user information in URLs. Applied to whole lines, since secrets also occur in the messages of
 * errors that other software throws.
 */
export const withoutSecrets = (line: string): string =>
  line
    .replace(MEMBERS, `$1"${REDACTED}"`)
    .replace(PARAMETERS, `$1${REDACTED}`)
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(USER_INFO, `$1${REDACTED}@`);
