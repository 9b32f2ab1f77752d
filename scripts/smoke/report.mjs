import { inspect } from 'node:util';
import { Mismatch } from './expect.mjs';

/** Ends a group whose later checks would only repeat the failure. */
class Abandoned extends Error {}

/** A check that is not possible on this system, with the reason. It is no failure. */
export class Skip extends Error {}

/** Prints one line per check, and counts. */
export class Report {
  passed = 0;
  failed = 0;
  skipped = 0;
  #remains = [];

  /** Runs `checks(group)` under a headline. Deferred actions always run at the end, the last one first. */
  async group(name, checks) {
    console.log(`\n${name}`);
    const group = new Group(this);
    try {
      await checks(group);
    } catch (error) {
      if (!(error instanceof Abandoned)) this.fail('the test itself', error);
    } finally {
      await group.cleanUp();
    }
  }

  pass(name) {
    this.passed += 1;
    console.log(`  ✓ ${name}`);
  }

  skip(name, reason) {
    this.skipped += 1;
    console.log(`  - ${name}\n      skipped: ${reason}`);
  }

  fail(name, error) {
    this.failed += 1;
    console.log(`  ✗ ${name}\n${explain(error)}`);
  }

  /** A resource that the run created and cannot remove. */
  addRemains(path, reason) {
    this.#remains.push(`  ${path}: ${reason}`);
  }

  printRemains() {
    if (this.#remains.length > 0) console.log(`\nleft in the system\n${this.#remains.join('\n')}`);
  }

  /** `N passed, N failed[, N skipped]` */
  get summary() {
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : '';
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }
}

function explain(error) {
  if (error instanceof Mismatch)
    return `      expected ${error.expected}\n      got      ${error.got}${error.about ? `\n      of       ${error.about}` : ''}`;
  const cause = error?.cause?.message ?? error?.cause?.code;
  return `      ${error?.message ?? inspect(error)}${cause ? ` (${cause})` : ''}`;
}

class Group {
  #report;
  #deferred = [];

  constructor(report) {
    this.#report = report;
  }

  /** One line of the report. Resolves to the result of `check`, or to `undefined` if it failed. */
  async check(name, check) {
    try {
      const value = await check();
      this.#report.pass(name);
      return value;
    } catch (error) {
      if (error instanceof Skip) this.#report.skip(name, error.message);
      else this.#report.fail(name, error);
      return undefined;
    }
  }

  /** A check that the rest of the group depends on. */
  async need(name, check) {
    let done = false;
    const value = await this.check(name, async () => {
      const result = await check();
      done = true;
      return result;
    });
    if (!done) throw new Abandoned();
    return value;
  }

  defer(action) {
    this.#deferred.unshift(action);
  }

  async cleanUp() {
    for (const action of this.#deferred) await Promise.resolve(action()).catch(() => undefined);
  }
}
