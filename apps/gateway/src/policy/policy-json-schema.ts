import { SERVICE_NAME } from '#contracts';
import type { JsonSchema } from '../config/file-form.js';
import { FILE_ONLY_MEMBERS } from './file-only-members.js';
import { AUTHENTICATION } from './members/authentication.js';
import { DECLARED_NAME } from './names.js';
import { FILE_MEMBERS, type PolicySetting } from './policy-schema.js';
import { ROUTE_MATCH, ROUTE_TARGET } from './route-match.js';

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

const POLICY_MEMBERS: JsonSchema = {
  ...Object.fromEntries(
    [...FILE_MEMBERS].map(([name, settings]) => [name, memberSchema(Object.values(settings))]),
  ),
  ...Object.fromEntries(
    Object.entries(FILE_ONLY_MEMBERS).map(([name, { shape, meaning }]) => [
      name,
      { description: meaning.en, ...shape.schema },
    ]),
  ),
};

const { contract: _contract, ...ROUTE_MEMBERS } = POLICY_MEMBERS;

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
    authentication: {
      description: 'Authentication providers; the policy member "auth" refers to them.',
      ...AUTHENTICATION.schema,
    },
    routes: {
      description: 'Policies of certain requests to a service; the most specific match applies.',
      type: 'array',
      items: {
        required: ['name', 'match'],
        ...closed({
          name: { description: 'Name in logs and metrics.', type: 'string', pattern: DECLARED_NAME.source },
          match: { description: 'Conditions on a request.', ...ROUTE_MATCH.schema },
          to: { description: 'Another service that receives the requests.', ...ROUTE_TARGET.schema },
          ...ROUTE_MEMBERS,
        }),
      },
    },
  }),
  definitions: { policy: { description: 'How requests are treated.', ...closed(POLICY_MEMBERS) } },
};
