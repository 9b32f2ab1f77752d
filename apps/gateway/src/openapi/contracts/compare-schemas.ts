import type { Json, OpenApiDocument } from '../openapi.js';
import type { ContractChange } from './contract-change.js';
import { SchemaReader, type PlainSchema } from './resolved.js';

/** Receives the changes of one operation. */
export type ReportChange = (kind: ContractChange['kind'], at: string, detail: string) => void;

/** Which side of an operation a schema describes: clients write inputs and read outputs. */
export type Side = 'input' | 'output';

/**
 * Schemas, properties and values of a comparison. A document of 2 MiB has fewer, unless it refers to the same ones many
 * times to keep the gateway busy.
 */
const MAX_COMPARED = 200_000;
/** Values that a change lists. */
const MAX_LISTED = 10;
/** Depth in a recursive schema. */
const MAX_DEPTH = 12;

/** Compares the schemas of two documents, the accepted one first. */
export class SchemaComparison {
  private compared = 0;

  private readonly accepted: SchemaReader;
  private readonly next: SchemaReader;

  constructor(accepted: OpenApiDocument, next: OpenApiDocument) {
    this.accepted = new SchemaReader(accepted);
    this.next = new SchemaReader(next);
  }

  compare(
    side: Side,
    before: Json | undefined,
    after: Json | undefined,
    at: string,
    report: ReportChange,
  ): void {
    this.walk(side, before, after, at, report, 0);
  }

  private walk(
    side: Side,
    before: Json | undefined,
    after: Json | undefined,
    at: string,
    report: ReportChange,
    depth: number,
  ): void {
    if (depth > MAX_DEPTH) return;
    const [old, next] = [this.accepted.read(before), this.next.read(after)];
    this.compared += 1 + old.properties.size + next.required.size + (old.values?.size ?? 0);
    if (this.compared > MAX_COMPARED) return;
    const changed = typeChange(side, old, next);
    if (changed !== undefined) report('type-changed', at, changed);
    if (side === 'input') requiredChanges(old, next, at, report);
    for (const [name, schema] of old.properties) {
      const found = next.properties.get(name);
      const path = `${at}/${name}`;
      if (found !== undefined) this.walk(side, schema, found, path, report, depth + 1);
      if (side === 'output') outputChange(name, old, next, path, report);
    }
    if (old.items !== undefined && next.items !== undefined)
      this.walk(side, old.items, next.items, `${at}/[]`, report, depth + 1);
  }
}

function requiredChanges(old: PlainSchema, next: PlainSchema, at: string, report: ReportChange): void {
  for (const name of next.required)
    if (!old.required.has(name)) report('input-required', `${at}/${name}`, 'requests must have this member');
}

function outputChange(
  name: string,
  old: PlainSchema,
  next: PlainSchema,
  at: string,
  report: ReportChange,
): void {
  // Without properties the schema says nothing of members.
  if (next.properties.size > 0 && !next.properties.has(name))
    report('response-member-removed', at, 'responses no longer have this member');
  else if (old.required.has(name) && next.properties.has(name) && !next.required.has(name))
    report('response-member-removed', at, 'responses need not have this member');
}

/** What clients of the old schema would not expect; `undefined`: nothing. */
function typeChange(side: Side, old: PlainSchema, next: PlainSchema): string | undefined {
  if (old.types.size > 0 && next.types.size > 0) {
    // Every value that one side sends must be one that the other accepts.
    const [sent, accepted] = side === 'input' ? [old.types, next.types] : [next.types, old.types];
    if ([...sent].some((type) => !accepts(accepted, type)))
      return `${listed(old.types)} became ${listed(next.types)}`;
  }
  const missing = side === 'input' ? missingValues(old, next) : [];
  return missing.length > 0 ? `no longer accepts ${missing.join(', ')}` : undefined;
}

const accepts = (types: ReadonlySet<string>, type: string): boolean =>
  types.has(type) || (type === 'integer' && types.has('number'));

const listed = (types: ReadonlySet<string>): string => [...types].sort().join(' or ');

function missingValues({ values }: PlainSchema, next: PlainSchema): readonly string[] {
  const accepted = next.values;
  if (!values || !accepted) return [];
  const missing = [...values].filter((value) => !accepted.has(value));
  const others = missing.length - MAX_LISTED;
  return others > 0 ? [...missing.slice(0, MAX_LISTED), `and ${others} more`] : missing;
}
