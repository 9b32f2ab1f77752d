import { METADATA_SECTIONS } from '../../dist/apps/gateway/src/policy/policy-of-metadata.js';
import { headerOf, WORDS } from './words.mjs';

/** The settings of a section of the policy. */
export const metadata = { groups: Object.keys(METADATA_SECTIONS), table };

function table(section, language) {
  const rows = Object.values(METADATA_SECTIONS[section]).map(({ key, kind, standard, meaning }) => {
    const text = kind.write(standard);
    const shown = text === '' ? WORDS[language].none : `\`${text}\``;
    return [`\`${key}\``, shown, kind.accepted[language], meaning[language]];
  });
  return { header: headerOf(language, 'key', 'default', 'accepted', 'meaning'), rows };
}
