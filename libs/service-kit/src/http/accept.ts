import Negotiator from 'negotiator';

// Parameters such as `version` and `escaping` of metrics formats are not compared: no two offers differ by them.
const PARAMETERS = /;(?!\s*q\s*=)[^;,]*/gi;

/**
 * The media type of `offers` that an `Accept` field prefers (RFC 9110, section 12.5.1). Among equals it is the one that
 * the field lists first, then the first offer. `undefined` if the field accepts none of them; without a field, the
 * first offer.
 *
 * @example
 * acceptedType('text/html, *\/*;q=0.8', ['application/json', 'text/html']); // 'text/html'
 */
export const acceptedType = <Type extends string>(
  accept: string | undefined,
  offers: readonly Type[],
): Type | undefined =>
  new Negotiator({ headers: { accept: accept?.replace(PARAMETERS, '') } }).mediaType([...offers]) as
    Type | undefined;

/**
 * The language of `offers` that an `Accept-Language` field prefers; the first offer if it accepts none of them.
 * @param offers not empty
 */
export const acceptedLanguage = <L extends string>(field: string | undefined, offers: readonly L[]): L =>
  (new Negotiator({ headers: { 'accept-language': field } }).language([...offers]) as L | undefined) ??
  (offers[0] as L);
