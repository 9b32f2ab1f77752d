/** `header` joins several `Cookie` fields with commas, which a cookie value cannot contain. */
const END = /[;,]/;

/** The raw value of cookie `name` in a `Cookie` header (RFC 6265, section 4.2.1); the first of several. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const start = `${name}=`;
  for (let at = header.indexOf(start); at !== -1; at = header.indexOf(start, at + 1)) {
    if (!isBoundary(header, at)) continue;
    const from = at + start.length;
    const end = header.slice(from).search(END);
    return header.slice(from, end === -1 ? header.length : from + end).trimEnd();
  }
  return undefined;
}

const isBoundary = (header: string, at: number): boolean => at === 0 || /[;,\s]/.test(header.charAt(at - 1));
