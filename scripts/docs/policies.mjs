import { API_KEYS } from '../../dist/apps/gateway/src/policy/api-keys-file.js';
import { FILE_ONLY_MEMBERS } from '../../dist/apps/gateway/src/policy/file-only-members.js';
import { AUTHENTICATION } from '../../dist/apps/gateway/src/policy/members/authentication.js';
import { ROUTE_MATCH } from '../../dist/apps/gateway/src/policy/route-match.js';
import { headerOf, WORDS } from './words.mjs';

/** Shapes with the path of their members in the file. */
const GROUPS = {
  match: { match: { shape: ROUTE_MATCH } },
  members: FILE_ONLY_MEMBERS,
  authentication: { authentication: { shape: AUTHENTICATION } },
  keys: { keys: { shape: API_KEYS } },
};

/** Everything that the policy file can declare and metadata cannot. */
export const policies = { groups: Object.keys(GROUPS), table };

function table(group, language) {
  const rows = Object.entries(GROUPS[group]).flatMap(([name, { shape, meaning }]) => [
    ...(meaning ? [[`\`${name}\``, valuesOf(shape.schema), WORDS[language].none, meaning[language]]] : []),
    ...(shape.parts ?? []).map(({ path, member }) => [
      `\`${name}${path.startsWith('[') ? '' : '.'}${path}\``,
      valuesOf(member.shape.schema),
      member.isRequired ? WORDS[language].required : defaultOf(member, language),
      member.meaning[language],
    ]),
  ]);
  return { header: headerOf(language, 'member', 'accepted', 'default', 'meaning'), rows };
}

const defaultOf = ({ standard, shape }, language) => {
  if (standard === undefined) return WORDS[language].none;
  return `\`${shape.write ? shape.write(standard) : standard}\``;
};

/** The values of a JSON Schema, in signs that need no translation. */
function valuesOf({ type, enum: words, anyOf, items, minimum, maximum, pattern = '' }) {
  if (anyOf) return anyOf.map(valuesOf).join(' / ');
  if (words) return words.map((word) => `\`${word}\``).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer' || type === 'number') return `${minimum}–${maximum}`;
  if (type === 'array') return `[${valuesOf(items)}, …]`;
  if (type === 'object') return '`{ … }`';
  if (pattern.includes('ms|')) return '`10s`';
  return pattern.includes('KiB') ? '`64KiB`' : '`"…"`';
}
