import type { ServiceTable } from '../../discovery/index.js';
import { decisionOf, lineOf, type DecisionLine } from '../../policy/decisions/decision-lines.js';
import type { DecisionRecord } from '../../policy/decisions/decision-record.js';
import { HiddenValues } from '../../policy/decisions/hidden-values.js';
import { recordedNamesOf } from '../../policy/decisions/recorded-names.js';
import type { PolicyFile } from '../../policy/policy-file.js';
import { declaredServices, tableOf, type DeclaredServices } from './declared-services.js';
import { inSlices } from './in-slices.js';
import type { Outcome } from './outcome.js';
import { PlanBuilder, type Plan } from './plan.js';
import { Replay } from './replay.js';

const FORMAT = 1;

/** The first line of a record: what its decisions depend on, beside the requests and the policy file. */
export interface RecordHead {
  readonly format: typeof FORMAT;
  /** Of the policy file that is in effect. */
  readonly revision: string;
  /** Identifies the key of hidden values. */
  readonly keyId: string;
  readonly services: DeclaredServices;
}

/** A further line: a decision, and what the present file decides on the request. */
export type RecordLine = DecisionLine & { readonly present: Outcome };

/** The text of a record, one JSON line after the other. */
export async function* recordText(
  record: DecisionRecord,
  { file, services, hidden }: { file: PolicyFile; services: ServiceTable; hidden: HiddenValues },
): AsyncGenerator<string> {
  const head: RecordHead = {
    format: FORMAT,
    revision: file.revision,
    keyId: hidden.keyId,
    services: declaredServices(services),
  };
  yield `${JSON.stringify(head)}\n`;
  const present = new Replay(file, services);
  const { claims } = recordedNamesOf(file);
  for await (const decision of inSlices(record.decisions())) {
    const line: RecordLine = { ...lineOf(decision, hidden, claims), present: present.outcomeOf(decision) };
    yield `${JSON.stringify(line)}\n`;
  }
}

/** A record cannot be used. */
export class RecordError extends Error {}

/**
 * What a policy file would change in a record.
 * @param secret the token of the registry of the gateway that wrote the record
 * @throws RecordError
 */
export function planRecord(text: string, file: PolicyFile, secret: string | undefined): Plan {
  if (text === '') throw new RecordError('the record is empty: the gateway has no policy file');
  const [head, ...lines] = linesIn(text) as [RecordHead | undefined, ...RecordLine[]];
  if (head?.format !== FORMAT) throw new RecordError('the text is no record of decisions');
  const hidden = new HiddenValues(secret);
  if (hidden.learn(file) > 0 && hidden.keyId !== head.keyId)
    throw new RecordError(
      'the file names values that the record hides; set REGISTRY_TOKEN as it is at the gateway',
    );
  const next = new Replay(file, tableOf(head.services));
  const builder = new PlanBuilder();
  for (const line of lines) builder.add(line, line.present, next.outcomeOf(decisionOf(line, hidden)));
  return builder.build();
}

function linesIn(text: string): unknown[] {
  try {
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as unknown);
  } catch {
    throw new RecordError('the text is no record of decisions, or is incomplete');
  }
}
