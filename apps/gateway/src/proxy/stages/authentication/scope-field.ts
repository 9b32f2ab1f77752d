/** A scope of RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The value of the field in which a service receives scopes: separated by spaces, and empty without scopes. What is no
 * scope by its syntax, and could be read as several scopes or end the field, is left out.
 */
export const scopeField = (scopes: readonly string[]): string =>
  scopes.filter((scope) => SCOPE.test(scope)).join(' ');
