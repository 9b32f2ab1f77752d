const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** After this time without an ejection an instance starts from the shortest term again. */
const RESET_AFTER_MS = 60_000;

interface Term {
  readonly ms: number;
  readonly endsAt: number;
}

/** How long a failing instance stays ejected: the term doubles with each ejection. */
export class EjectionTerms {
  private readonly last = new Map<string, Term>();

  /** The length of the ejection of instance `id` that begins at `now`, milliseconds. */
  next(id: string, now: number): number {
    this.resetOld(now);
    const before = this.last.get(id);
    const ms = before ? Math.min(before.ms * 2, LONGEST_MS) : FIRST_MS;
    this.last.set(id, { ms, endsAt: now + ms });
    return ms;
  }

  private resetOld(now: number): void {
    for (const [id, { endsAt }] of this.last) if (now - endsAt >= RESET_AFTER_MS) this.last.delete(id);
  }
}
