/** Converts field lines to a flat list (name, value, name, …), the form that node:http accepts. */
export function flatFields(lines: string): string[] {
  const flat: string[] = [];
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf('\r\n', at);
    const colon = lines.indexOf(':', at);
    flat.push(lines.slice(at, colon), lines.slice(colon + 1, end).trim());
    at = end + 2;
  }
  return flat;
}
