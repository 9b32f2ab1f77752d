import type { Json, JsonObject } from '../openapi.js';
import type { ReportChange, Side } from './contract-change.js';
import type { DocumentReader } from './document-reader.js';
import { SchemaPairs } from './schema-pairs.js';
import { SchemaReader, type PlainSchema } from './schema-reader.js';
import { typeChange } from './type-change.js';

/** A schema of the accepted document and that of the next one at the same place. */
export interface SchemaPair {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly at: string;
}

/** Compares the schemas of two documents, the accepted one first. */
export class SchemaComparison {
  private readonly accepted: SchemaReader;
  private readonly next: SchemaReader;
  /** Pairs without a change, in them or below them, so that schemas that many operations share are compared once. */
  private readonly unchanged = { input: new SchemaPairs(), output: new SchemaPairs() };

  constructor(accepted: DocumentReader, next: DocumentReader) {
    this.accepted = new SchemaReader(accepted);
    this.next = new SchemaReader(next);
  }

  /**
   * Compares pairs and what they contain, the outer ones first. A pair that is found again, as in a recursive schema, is
   * reported at its first place. Each step is one pair.
   */
  *compare(side: Side, roots: readonly SchemaPair[], report: ReportChange): Generator<void, void> {
    const seen = new SchemaPairs();
    const queue: { old: JsonObject; next: JsonObject; at: string }[] = [];
    const enqueue = ({ before, after, at }: SchemaPair): void => {
      const [old, next] = [this.accepted.schema(before), this.next.schema(after)];
      if (!this.unchanged[side].has(old, next) && seen.add(old, next)) queue.push({ old, next, at });
    };
    let changes = 0;
    const reportChange: ReportChange = (...change) => {
      changes += 1;
      report(...change);
    };
    roots.forEach(enqueue);
    for (const { old, next, at } of queue) {
      yield;
      this.comparePair(side, this.accepted.read(old), this.next.read(next), at, reportChange).forEach(
        enqueue,
      );
    }
    if (changes > 0) return;
    for (const { old, next } of queue) {
      yield;
      this.unchanged[side].add(old, next);
    }
  }

  /** @returns the pairs that the two contain */
  private comparePair(
    side: Side,
    old: PlainSchema,
    next: PlainSchema,
    at: string,
    report: ReportChange,
  ): readonly SchemaPair[] {
    const changed = typeChange(side, old, next);
    if (changed !== undefined) report('type-changed', at, changed);
    if (side === 'input') this.compareRequired(old, next, at, report);
    else this.compareMembers(old, next, at, report);
    return [...this.commonMembers(side, old, next, at), ...containedPairs(side, old, next, at)];
  }

  private compareRequired(old: PlainSchema, next: PlainSchema, at: string, report: ReportChange): void {
    for (const name of next.required)
      if (isInput(this.next, next, name) && !(old.required.has(name) && isInput(this.accepted, old, name)))
        report('input-required', `${at}/${name}`, 'requests must have this member');
  }

  private compareMembers(old: PlainSchema, next: PlainSchema, at: string, report: ReportChange): void {
    // Another type is a change of its own.
    const hasMembers = next.types.size === 0 || next.types.has('object');
    for (const [name, schema] of old.properties) {
      if (!hasMembers || this.accepted.isMarked(schema, 'writeOnly')) continue;
      const found = next.properties.get(name);
      if (found === undefined ? !next.isPartlyUnknown : this.next.isMarked(found, 'writeOnly'))
        report('response-member-removed', `${at}/${name}`, 'responses no longer have this member');
      else if (found !== undefined && old.required.has(name) && !next.required.has(name))
        report('response-member-removed', `${at}/${name}`, 'responses need not have this member');
    }
  }

  private commonMembers(side: Side, old: PlainSchema, next: PlainSchema, at: string): readonly SchemaPair[] {
    // Members that this side does not have.
    const mark = side === 'input' ? 'readOnly' : 'writeOnly';
    return [...old.properties].flatMap(([name, before]) => {
      const after = next.properties.get(name);
      const isPart =
        after !== undefined && !this.accepted.isMarked(before, mark) && !this.next.isMarked(after, mark);
      return isPart ? [{ before, after, at: `${at}/${name}` }] : [];
    });
  }
}

const isInput = (reader: SchemaReader, schema: PlainSchema, name: string): boolean =>
  !reader.isMarked(schema.properties.get(name), 'readOnly');

function containedPairs(side: Side, old: PlainSchema, next: PlainSchema, at: string): readonly SchemaPair[] {
  const pairs: SchemaPair[] = [];
  // A list of anything has no members that a client knows.
  const isList = next.items !== undefined || (side === 'output' && next.types.has('array'));
  if (old.items !== undefined && isList) pairs.push({ before: old.items, after: next.items, at: `${at}/[]` });
  if (old.additional !== undefined && next.additional !== undefined)
    pairs.push({ before: old.additional, after: next.additional, at: `${at}/*` });
  return pairs;
}
