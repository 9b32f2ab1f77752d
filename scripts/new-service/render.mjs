const SAMPLE = { singular: 'sample-item', plural: 'sample-items' };
const SAMPLE_PORT = '8999';

const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const pascalCase = (word) => word.split('-').map(capitalised).join('');
const spaced = (word) => word.replaceAll('-', ' ');

/** The spellings of a word with hyphens, in the same order for each. */
const formsOf = (word) => [
  word,
  word.replaceAll('-', '_'),
  word.replaceAll('-', '_').toUpperCase(),
  pascalCase(word),
  pascalCase(word).replace(/^./, (letter) => letter.toLowerCase()),
  spaced(word),
  capitalised(spaced(word)),
];

/** Every spelling of the plural and of the singular; the plural first, because it begins with the singular. */
export const wordForms = (singular, plural) => [...formsOf(plural), ...formsOf(singular)];

/** A function that puts the name and the port of a service into a text about `sample-item-service` at port 8999. */
export function renderer({ singular, plural }, port) {
  const to = wordForms(singular, plural);
  const replacements = new Map(wordForms(SAMPLE.singular, SAMPLE.plural).map((form, i) => [form, to[i]]));
  const forms = new RegExp([...replacements.keys()].join('|'), 'g');
  const article = /^[aeio]/.test(singular) ? 'n' : '';
  return (text) =>
    text
      .replace(/\b([Aa])(?= sample item)/g, `$1${article}`)
      .replace(forms, (form) => replacements.get(form))
      .replaceAll(SAMPLE_PORT, String(port));
}
