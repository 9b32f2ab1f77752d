interface Row {
  readonly what: string;
  readonly value: string;
}

/** Measurements of a suite; printed as a table at its end. */
export class Measurements {
  private readonly rows: Row[] = [];

  /** Call where the suite is declared. */
  static for(subject: string): Measurements {
    const measurements = new Measurements();
    afterAll(() => measurements.print(subject));
    return measurements;
  }

  /** Records how long `work` takes; returns milliseconds. */
  async time(what: string, work: () => Promise<unknown>): Promise<number> {
    const since = performance.now();
    await work();
    const ms = performance.now() - since;
    this.recordDuration(what, ms);
    return ms;
  }

  recordDuration(what: string, ms: number): void {
    this.rows.push({ what, value: `${Math.round(ms)} ms` });
  }

  recordCount(what: string, count: number): void {
    this.rows.push({ what, value: String(count) });
  }

  private print(subject: string): void {
    const width = Math.max(...this.rows.map(({ what }) => what.length));
    const lines = this.rows.map(({ what, value }) => `  ${what.padEnd(width)}  ${value.padStart(9)}`);
    process.stderr.write(`\nmeasured: ${subject}\n${lines.join('\n')}\n`);
  }
}
