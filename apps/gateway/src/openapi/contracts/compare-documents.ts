import { inSlices } from '../../proxy/index.js';
import { objectIn, type OpenApiDocument } from '../openapi.js';
import { compareContent } from './compare-content.js';
import { SchemaComparison } from './compare-schemas.js';
import { ComparisonWork, IncompleteComparison } from './comparison-work.js';
import type { ContractChange, ReportChange } from './contract-change.js';
import { DocumentReader } from './document-reader.js';
import { operationsOf, parametersOf, type Operation } from './operations.js';
import { successResponses } from './success-responses.js';

const MAX_CHANGES = 100;
/** Longest text of a change: names come from the document. */
const MAX_TEXT = 300;

/** What {@link breakingChanges} finds. */
export interface FoundChanges {
  readonly changes: readonly ContractChange[];
  /** Why there can be more changes; `undefined`: there are none. */
  readonly incomplete: string | undefined;
}

/**
 * The differences of two documents of a service that can break clients of the first, at most 100. Additions, texts and
 * examples are no such differences; of `oneOf` and `anyOf` only the types are compared. The event loop turns meanwhile.
 */
export async function breakingChanges(
  accepted: OpenApiDocument,
  next: OpenApiDocument,
): Promise<FoundChanges> {
  const comparison = new DocumentComparison(accepted, next);
  let incomplete: string | undefined;
  try {
    for await (const _ of inSlices(comparison.steps()));
  } catch (error) {
    if (!(error instanceof IncompleteComparison)) throw error;
    incomplete = `the comparison is incomplete: ${error.message}`;
  }
  return { changes: comparison.changes, incomplete };
}

class DocumentComparison {
  readonly changes: ContractChange[] = [];
  private readonly work = new ComparisonWork();
  private readonly accepted: DocumentReader;
  private readonly next: DocumentReader;
  private readonly schemas: SchemaComparison;

  constructor(accepted: OpenApiDocument, next: OpenApiDocument) {
    this.accepted = new DocumentReader(accepted, this.work);
    this.next = new DocumentReader(next, this.work);
    this.schemas = new SchemaComparison(this.accepted, this.next);
  }

  /** Steps of the comparison, each of bounded length. */
  *steps(): Generator<void> {
    for (const _ of this.compare()) {
      yield;
      this.work.beginStep();
    }
  }

  private *compare(): Generator<void> {
    const later = new Map<string, Operation>();
    for (const [key, operation] of operationsOf(this.next)) {
      yield;
      later.set(key, operation);
    }
    for (const [key, before] of operationsOf(this.accepted)) {
      yield;
      const after = later.get(key);
      const report = this.reportOf(before);
      if (!after) report('operation-removed', '', 'the operation is no longer documented');
      else yield* this.compareOperations(before, after, report);
    }
  }

  private reportOf({ name }: Operation): ReportChange {
    return (kind, at, detail) => {
      if (this.changes.length === MAX_CHANGES)
        throw new IncompleteComparison(`only the first ${MAX_CHANGES} changes are listed`);
      this.changes.push({ kind, operation: cut(name), at: cut(at), detail: cut(detail) });
    };
  }

  private *compareOperations(before: Operation, after: Operation, report: ReportChange): Generator<void> {
    yield* this.compareParameters(before, after, report);
    yield* this.compareBodies(before, after, report);
    yield* this.compareResponses(before, after, report);
  }

  private *compareParameters(before: Operation, after: Operation, report: ReportChange): Generator<void> {
    const old = parametersOf(this.accepted, before);
    for (const [key, { at, isInPath, parameter }] of parametersOf(this.next, after)) {
      const known = old.get(key);
      // A path has its parameters in any case.
      if (parameter.required === true && known?.parameter.required !== true && !isInPath)
        report('input-required', at, 'requests must have this parameter');
      if (!known) continue;
      const pair = { before: known.parameter.schema, after: parameter.schema, at: known.at };
      yield* this.schemas.compare('input', [pair], report);
    }
  }

  private *compareBodies(before: Operation, after: Operation, report: ReportChange): Generator<void> {
    const old = this.accepted.resolved(before.operation.requestBody);
    const body = this.next.resolved(after.operation.requestBody);
    if (body.required === true && old.required !== true)
      report('input-required', 'request body', 'requests must have a body');
    const messages = [
      { reader: this.accepted, message: old },
      { reader: this.next, message: body },
    ] as const;
    const pairs = compareContent('input', ...messages, 'request', report);
    yield* this.schemas.compare('input', pairs, report);
  }

  private *compareResponses(before: Operation, after: Operation, report: ReportChange): Generator<void> {
    const [old, next] = [objectIn(before.operation, 'responses'), objectIn(after.operation, 'responses')];
    this.work.spend(Object.keys(old).length + Object.keys(next).length);
    for (const { status, nextStatus } of successResponses(old, next)) {
      const at = `response ${status}`;
      if (nextStatus === undefined) {
        report('operation-removed', at, 'the response is no longer documented');
        continue;
      }
      const messages = [
        { reader: this.accepted, message: this.accepted.resolved(old[status]) },
        { reader: this.next, message: this.next.resolved(next[nextStatus]) },
      ] as const;
      const pairs = compareContent('output', ...messages, at, report);
      yield* this.schemas.compare('output', pairs, report);
    }
  }
}

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
