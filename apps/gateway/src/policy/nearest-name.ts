/** The name most like `name`; `undefined` if none differs in a third of its characters or less. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, distance }) => distance * 3 <= each.length)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.each;
}

/** The Levenshtein distance: how many characters must be inserted, removed or replaced. */
function distanceOf(a: string, b: string): number {
  // What is longer than any name is like none, and costs nothing.
  if (Math.abs(a.length - b.length) > b.length) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const [left = NaN, above = NaN, corner = NaN] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, corner + Number(a[i] !== b[j])));
    }
    row = next;
  }
  return row.at(-1) ?? Infinity;
}

/** What to write instead of `name`. */
export function hintFor(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? `its members are ${names.join(', ')}` : `did you mean "${nearest}"?`;
}
