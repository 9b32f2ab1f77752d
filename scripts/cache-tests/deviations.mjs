/** Why tests fail on purpose, by their ids. */
const DEVIATIONS = [
  [/^heuristic-\d+-cached$/, 'only what says how long it is fresh is stored'],
  [/set-cookie$/i, 'a response with Set-Cookie is never stored'],
  [/^headers-store-Transfer-Encoding$/, 'a response in an unknown transfer coding is refused'],
  [/^partial-store-partial/, 'parts of a response are not stored'],
  [/^method-POST$/, 'responses to POST are not stored'],
  [/^vary-normalise-lang-(order|select)$/, 'the order of languages counts: services may prefer the first'],
  [
    /^conditional-lm-fresh-no-lm$/,
    'RFC 9110, section 13.1.3: without Last-Modified the condition cannot hold',
  ],
  [/^age-parse-(nonnumeric|negative|float)$/, 'a response with an invalid Age counts as stale'],
  // Version 0.4.5 is older than RFC 9111.
  [/^age-parse-(prefix-twoline|dup)/, 'RFC 9111, section 5.1: the first member of Age counts'],
  [/^304-etag-update-response-ETag$/, 'RFC 9111, section 3.2: a 304 for another version confirms nothing'],
  [/^stale-close-/, 'the suite takes the 502 of the gateway for a stored response'],
  [/^surrogate-/, 'there is no Surrogate-Capability to name this cache, and names are in lower case'],
];

/** The reason, if a test fails on purpose. */
export const deviationOf = (id) => DEVIATIONS.find(([pattern]) => pattern.test(id))?.[1];
