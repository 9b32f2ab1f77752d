/** A set of listeners. */
export class Listeners<A extends readonly unknown[]> {
  private readonly all = new Set<(...args: A) => void>();

  /** Returns a function that removes the listener. */
  add(listener: (...args: A) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  notify(...args: A): void {
    for (const listener of this.all) listener(...args);
  }
}
