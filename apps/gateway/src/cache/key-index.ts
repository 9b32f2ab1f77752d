/** Keys by a property that they have. Most properties have one key, which then needs no set. */
export class KeyIndex {
  private readonly keys = new Map<string, string | Set<string>>();

  get(property: string): Iterable<string> {
    const found = this.keys.get(property) ?? NONE;
    return typeof found === 'string' ? [found] : found;
  }

  add(property: string, key: string): void {
    const found = this.keys.get(property);
    if (found === undefined) this.keys.set(property, key);
    else if (typeof found !== 'string') found.add(key);
    else if (found !== key) this.keys.set(property, new Set([found, key]));
  }

  remove(property: string, key: string): void {
    const found = this.keys.get(property);
    if (found === key) this.keys.delete(property);
    else if (found instanceof Set && found.delete(key) && found.size === 0) this.keys.delete(property);
  }
}

const NONE: ReadonlySet<string> = new Set();
