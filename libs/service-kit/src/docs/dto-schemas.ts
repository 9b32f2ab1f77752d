import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { MetadataStorage as TransformerStorage } from 'class-transformer/types/MetadataStorage.js';
import { INTERNAL_PATHS_KEY } from '#contracts';
import type { Schema } from './describe-operation.js';

interface Rule {
  readonly constraints?: readonly unknown[];
}

const textSchema = ({ constraints = [] }: Rule): Schema => {
  const [minLength, maxLength] = constraints;
  return { type: 'string', minLength, maxLength };
};

// A condition that skips validation for `null` is `MayBeRemoved`: `null` removes the member.
const conditionSchema = ({ constraints = [] }: Rule): Schema => {
  const applies = constraints[0] as (object: object, value: unknown) => boolean;
  return applies({}, null) ? {} : { nullable: true };
};

const wholeNumberSchema = ({ constraints = [] }: Rule): Schema => {
  const [minimum, maximum] = constraints;
  return { type: 'integer', minimum, ...(maximum !== Infinity && { maximum }) };
};

const converters = {
  isWholeNumber: wholeNumberSchema,
  isText: textSchema,
  isInstanceUrl: { type: 'string', format: 'uri', example: 'http://127.0.0.1:8001' },
  isHealthPath: { type: 'string', pattern: '^/', maxLength: 256 },
  isMetadata: { type: 'object', additionalProperties: { type: 'string', maxLength: 256 }, maxProperties: 32 },
  hasInternalPaths: {
    properties: {
      [INTERNAL_PATHS_KEY]: {
        type: 'string',
        description: 'path prefixes, separated by commas, that only registered instances may call',
        example: '/stock-reservations',
      },
    },
  },
  isTime: { type: 'string', format: 'date-time' },
  isNotBelow: {},
  isIp: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
  isISO4217CurrencyCode: { type: 'string', pattern: '^[A-Za-z]{3}$', example: 'EUR' },
  [ValidationTypes.CONDITIONAL_VALIDATION]: conditionSchema,
};

/**
 * Schemas of every loaded DTO, by class name, derived from the validation metadata. The document therefore cannot
 * differ from the validation.
 */
export async function dtoSchemas(): Promise<Readonly<Record<string, Schema>>> {
  const { validationMetadatasToSchemas } = await import('class-validator-jsonschema');
  // The types of this module are at another path in the package than its code.
  const path = 'class-transformer/cjs/storage.js';
  const { defaultMetadataStorage } = (await import(path)) as { defaultMetadataStorage: TransformerStorage };
  const schemas = validationMetadatasToSchemas({
    refPointerPrefix: '#/components/schemas/',
    classValidatorMetadataStorage: getMetadataStorage(),
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: converters as never,
  }) as unknown as Record<string, Schema>;
  return withPlainReferences(schemas) as Record<string, Schema>;
}

/** OpenAPI 3.0 ignores the members beside a `$ref`, and validation metadata adds some to those of nested DTOs. */
function withPlainReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainReferences);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return { $ref: value.$ref };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withPlainReferences(member)]));
}
