/**
 * The request fields in which services read the identity of a caller. A gateway whose policy file has an authentication
 * provider removes them from the requests of clients, whether or not a provider sets them.
 */
export const USER_ID_HEADER = 'x-user-id';
/** The name of a program with an API key. */
export const CONSUMER_HEADER = 'x-consumer';
/** Scopes, separated by spaces; present, and maybe empty, for every authenticated caller. */
export const SCOPES_HEADER = 'x-scopes';

export const CALLER_HEADERS: readonly string[] = [USER_ID_HEADER, CONSUMER_HEADER, SCOPES_HEADER];
