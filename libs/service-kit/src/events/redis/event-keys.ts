/** The keys of domain events in Redis. Their hash tag keeps them in one cluster slot, which scripts require. */
export class EventKeys {
  /** The names of all sources. */
  readonly sources: string;
  private readonly prefix: string;

  /** @param prefix of the keys of this system */
  constructor(prefix: string) {
    this.prefix = `{${prefix}}:events`;
    this.sources = `${this.prefix}-sources`;
  }

  /** The events of a source, with ids `<sequence>-0`. */
  stream(source: string): string {
    return `${this.prefix}:${source}`;
  }

  /** Which process handles the events of a group. */
  lease(group: string): string {
    return `${this.prefix}-lease:${group}`;
  }

  /** Wakes the process of a group, whose id follows, to which the lease was handed over. */
  handOver(group: string): string {
    return `${this.prefix}-hand-over:${group}:`;
  }

  /** Which process handles each type of event for a group. */
  handlers(group: string): string {
    return `${this.prefix}-handlers:${group}`;
  }
}
