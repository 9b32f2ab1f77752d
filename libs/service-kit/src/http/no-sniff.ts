/** The header that keeps browsers from guessing another media type than the declared one; sent with every own response. */
export const NO_SNIFF_HEADER = 'x-content-type-options';
export const NO_SNIFF = 'nosniff';
