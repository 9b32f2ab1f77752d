import { Ajv } from 'ajv';
import type { CloudEvent } from '#contracts';
import { SHOP_EVENTS } from '#shop-contracts';

type Schema = Readonly<Record<string, unknown>>;

/** The same schema, but no object may have a member that it does not declare: consumers could not rely on it. */
function withoutUndeclared(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items !== undefined && { items: withoutUndeclared(items as Schema) }),
    ...(properties !== undefined && {
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.entries(properties as Schema).map(([name, member]) => [
          name,
          withoutUndeclared(member as Schema),
        ]),
      ),
    }),
  };
}

// A member that may be null has a list of types.
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = new Map(
  Object.entries(SHOP_EVENTS).flatMap(([source, definitions]) =>
    definitions.map(({ type, dataschema, schema }) => [
      type,
      { source, dataschema, validate: ajv.compile(withoutUndeclared(schema as unknown as Schema)) },
    ]),
  ),
);

/** Every type of event that the shop declares. */
export const SHOP_EVENT_TYPES: readonly string[] = [...validators.keys()];

/** Events that differ from their declaration, with the reasons. */
export const undeclaredEvents = (events: readonly CloudEvent[]): readonly string[] =>
  events.flatMap(({ type, source, dataschema, data }) => {
    const declared = validators.get(type);
    if (declared?.source !== source || declared.dataschema !== dataschema)
      return [`${source} ${type}: not declared`];
    return declared.validate(data) ? [] : [`${type}: ${ajv.errorsText(declared.validate.errors)}`];
  });
