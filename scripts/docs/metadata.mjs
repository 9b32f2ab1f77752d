import { METADATA_SECTIONS } from '../../dist/apps/gateway/src/policy/policy-of-metadata.js';
import { POLICY_SECTIONS } from '../../dist/apps/gateway/src/policy/policy-schema.js';
import { headerOf, WORDS } from './words.mjs';

/** The settings of a section of the policy. */
export const metadata = { groups: Object.keys(METADATA_SECTIONS), table };

function table(section, language) {
  // Health checks and internal paths are not in the policy file.
  const fileMember = POLICY_SECTIONS[section]?.fileMember;
  const rows = Object.values(METADATA_SECTIONS[section]).map(({ key, member, kind, standard, meaning }) => {
    const text = kind.write(standard);
    const shown = text === '' ? WORDS[language].none : `\`${text}\``;
    const inFile = fileMember ? [`\`${fileMember}.${member}\``] : [];
    return [`\`${key}\``, ...inFile, shown, kind.accepted[language], meaning[language]];
  });
  const words = ['key', ...(fileMember ? ['inFile'] : []), 'default', 'accepted', 'meaning'];
  return { header: headerOf(language, ...words), rows };
}
