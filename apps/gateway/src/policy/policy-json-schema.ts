import { SERVICE_NAME } from '#contracts';
import type { JsonSchema } from '../config/file-form.js';
import { FILE_MEMBERS, type PolicySetting } from './policy-schema.js';

/** Settings and members that the schema does not name are refused, as the gateway does. */
const closed = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

const settingSchema = ({ kind, standard, meaning }: PolicySetting<unknown>): JsonSchema => ({
  description: `${meaning.en} Value: ${kind.file.accepted}.`,
  default: kind.file.write(standard),
  ...kind.file.schema,
});

const memberSchema = (settings: readonly PolicySetting<unknown>[]): JsonSchema =>
  closed(Object.fromEntries(settings.map((setting) => [setting.member, settingSchema(setting)])));

const POLICY = { $ref: '#/definitions/policy' };

/** JSON Schema of the policy file, for editors. It cannot state the ranges of durations and sizes. */
export const POLICY_JSON_SCHEMA: JsonSchema = {
  // The draft that editors support.
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Policy file of MSA Gateway',
  required: ['version'],
  ...closed({
    version: { const: 1 },
    defaults: { description: 'Policy of every service.', ...POLICY },
    services: {
      description: 'Policies of services, by name.',
      type: 'object',
      propertyNames: { pattern: SERVICE_NAME.source },
      additionalProperties: POLICY,
    },
  }),
  definitions: {
    policy: closed(
      Object.fromEntries(
        [...FILE_MEMBERS].map(([name, settings]) => [name, memberSchema(Object.values(settings))]),
      ),
    ),
  },
};
