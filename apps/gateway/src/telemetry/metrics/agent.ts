/** Browsers name others before themselves: the first of these that is named is the browser. */
const BROWSERS: readonly (readonly [mark: string, name: string])[] = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];

/** RFC 9110 section 10.1.5: the first product, without its version. */
const PRODUCT = /^[\w.+-]{1,32}/;

/** No user agent, or none that begins with a product. */
const UNKNOWN = '';

/** The program that a `User-Agent` names, without versions and details, which differ from user to user. */
export function agentOf(field = ''): string {
  if (field.startsWith('Mozilla/')) {
    const browser = BROWSERS.find(([mark]) => field.includes(mark));
    if (browser) return browser[1];
  }
  const [product = UNKNOWN] = PRODUCT.exec(field) ?? [];
  // A copy: a part of a long text would keep the text in memory.
  return Buffer.from(product, 'latin1').toString('latin1');
}
