/** JSON Schema of the data of an event: one entry for each member. Consumers ignore members that they do not know. */
export interface DataSchema<Data> {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<keyof Data, object>>;
}

/** An event that a service publishes. */
export interface EventDefinition<Data extends object> {
  /** Name with the major version. Members are only ever added within a version. */
  readonly type: string;
  readonly summary: string;
  readonly schema: DataSchema<Data>;
  /** URN of the schema. */
  readonly dataschema: string;
}

/** The data that the events of a definition carry. */
export type DataOf<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;

/** Declares version 1 of the event `name`; every member of its data is required. */
export function defineEvent<Data extends object>(
  name: string,
  summary: string,
  properties: DataSchema<Data>['properties'],
): EventDefinition<Data> {
  const type = `${name}.v1`;
  return {
    type,
    summary,
    schema: { type: 'object', required: Object.keys(properties), properties },
    dataschema: `urn:msa-gateway:event:${type}`,
  };
}
