import type { LogEvent, OperationNode } from 'kysely';
import { epochMs, TraceContext } from '#registry-client';

/** Value of `db.system.name`. */
export type DatabaseSystem = 'postgresql' | 'sqlite';

/** Records each query as a span of the request that it belongs to. Neither its text nor its values are in the span. */
export const sqlSpans =
  (system: DatabaseSystem, namespace: string) =>
  ({ level, query, queryDurationMillis }: LogEvent): void => {
    const isError = level === 'error';
    TraceContext.startSpan(() => {
      const operation = operationOf(query.sql);
      const table = tableOf(query.query);
      const summary = table === undefined ? operation : `${operation} ${table}`;
      return {
        name: summary,
        kind: 'client',
        startMs: epochMs() - queryDurationMillis,
        attributes: {
          'db.system.name': system,
          'db.namespace': namespace,
          'db.operation.name': operation,
          'db.collection.name': table,
          'db.query.summary': summary,
        },
      };
    })?.end(isError ? { 'error.type': 'query-failed' } : {}, isError);
  };

const operationOf = (sql: string): string => (/^\s*([a-z]+)/i.exec(sql)?.[1] ?? 'query').toUpperCase();

/** The members of query nodes that lead to their first table. */
const LEADS = ['from', 'froms', 'into', 'table', 'node', 'identifier'] as const;

function tableOf(node: OperationNode): string | undefined {
  let found: unknown = node;
  for (let depth = 0; depth < LEADS.length * 2 && found !== undefined; depth += 1) {
    const members = found as Record<string, unknown>;
    if (members.kind === 'IdentifierNode') return members.name as string;
    const lead = LEADS.find((name) => members[name] !== undefined);
    found = lead && [members[lead]].flat()[0];
  }
  return undefined;
}
