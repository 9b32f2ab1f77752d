import { format, resolveConfig } from 'prettier';

/** The types of the policy file, in the package that programs import them from. */
export const POLICY_TYPES_FILE = 'libs/contracts/src/policy/policy-file.ts';

const HEADER = '// Written by `npm run docs` from apps/gateway/src/policy/policy-json-schema.ts.\n';

/** TypeScript types of the values that a JSON Schema describes; without the ranges and patterns of its texts and numbers. */
export async function policyTypesSource(schema) {
  const { authentication, routes } = schema.properties;
  const names = new Map([
    [schema, 'PolicyFile'],
    [schema.definitions.policy, 'ServicePolicy'],
    ...membersOf(schema.definitions.policy).map(([name, member]) => [member, `${capitalised(name)}Policy`]),
    [authentication, 'AuthenticationProviders'],
    [routes.items.properties.match, 'RouteMatch'],
    [routes.items, 'PolicyRoute'],
  ]);
  const definitions = { '#/definitions/policy': schema.definitions.policy };
  const nameOf = (each) => names.get(definitions[each.$ref] ?? each);
  const declarations = [...names].map(([each, name]) => declaration(each, name, nameOf));
  const options = await resolveConfig(POLICY_TYPES_FILE);
  return format([HEADER, ...declarations].join('\n'), { ...options, parser: 'typescript' });
}

const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

const membersOf = ({ properties }) => Object.entries(properties);

function declaration(schema, name, nameOf) {
  const comment = commentOf({ description: schema.description ?? schema.title });
  return schema.properties
    ? `${comment}export interface ${name} ${objectType(schema, nameOf)}\n`
    : `${comment}export type ${name} = ${ownType(schema, nameOf)};\n`;
}

const typeOf = (schema, nameOf) => nameOf(schema) ?? ownType(schema, nameOf);

function ownType(schema, nameOf) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return unionOf(schema.enum.map((word) => JSON.stringify(word)));
  if (schema.anyOf) return unionOf(schema.anyOf.map((each) => typeOf(each, nameOf)));
  if (schema.type === 'array') return `readonly (${typeOf(schema.items, nameOf)})[]`;
  if (schema.type === 'object') return objectType(schema, nameOf);
  return (
    { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' }[schema.type] ?? 'unknown'
  );
}

const unionOf = (types) => [...new Set(types)].join(' | ');

function objectType({ properties, additionalProperties, required = [] }, nameOf) {
  if (!properties) return `Readonly<Record<string, ${typeOf(additionalProperties, nameOf)}>>`;
  const members = Object.entries(properties).map(([name, schema]) => {
    const type = typeOf(schema, nameOf);
    const member = required.includes(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`;
    return `${commentOf(schema)}readonly ${member};`;
  });
  return `{\n${members.join('\n')}\n}`;
}

function commentOf({ description, default: standard }) {
  const lines = [description, standard !== undefined && `@default ${JSON.stringify(standard)}`];
  const text = lines.filter(Boolean).flatMap((line) => wrapped(line));
  if (text.length === 0) return '';
  return text.length === 1
    ? `/** ${text[0]} */\n`
    : `/**\n${text.map((line) => ` * ${line}\n`).join('')} */\n`;
}

const WIDTH = 100;

/** Lines of at most {@link WIDTH} characters, if words permit it. */
const wrapped = (text) => text.match(new RegExp(`.{1,${WIDTH}}(?= |$)|\\S+`, 'g')).map((line) => line.trim());
