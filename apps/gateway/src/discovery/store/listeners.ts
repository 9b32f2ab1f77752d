/** Those who want to be told, each until it says otherwise. */
export class Listeners<A extends readonly unknown[]> {
  private readonly all = new Set<(...args: A) => void>();

  /** Returns how to stop. */
  add(listener: (...args: A) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(...args: A): void {
    for (const listener of this.all) listener(...args);
  }
}
