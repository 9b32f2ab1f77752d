/**
 * An event in the structured JSON form of CloudEvents 1.0, with the extensions `sequence` (CloudEvents "Sequence") and
 * `traceparent` (CloudEvents "Distributed Tracing").
 */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique within its source. */
  readonly id: string;
  /** Name of the service that changed something, such as `user-service`. */
  readonly source: string;
  /** What happened and the major version of its data, such as `shop.user.deleted.v1`. */
  readonly type: string;
  /** Id of the changed entity. Events of one subject are handled in the order of their changes. */
  readonly subject: string;
  /** Time of the change, ISO 8601 in UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** URN of the JSON Schema of `data`. */
  readonly dataschema: string;
  readonly data: Data;
  /** Decimal number that grows with every event of the source, with gaps; exact as a JavaScript number. */
  readonly sequence: string;
  /** The request that made the change, if it belongs to a trace. */
  readonly traceparent?: string;
}
