/**
 * Prevents browsers from guessing another media type than the declared one; part of every response of an app itself.
 */
export const NO_SNIFF_HEADER = 'x-content-type-options';
export const NO_SNIFF = 'nosniff';
