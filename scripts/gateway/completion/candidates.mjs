import { parseArgs } from 'node:util';
import { HELP } from '../arguments.mjs';
import { defaultUrl } from '../client/gateway-client.mjs';
import { stripControl } from '../terminal/text.mjs';
import { presentOptions } from '../usage.mjs';
import { namesOf } from './names.mjs';

/** What a shell takes as it stands: names, options and URLs. Others could be commands, such as $(…). */
const PLAIN_WORD = /^[\w./:=[\]-]+$/;

/**
 * What the last word of a command line may become, from the tables of the commands.
 * @param words all words after the program; the last one is incomplete, and may be empty
 * @returns lines `CANDIDATE<TAB>DESCRIPTION`; none: the shell completes names of files
 */
export async function candidates(commands, words) {
  const current = words.at(-1) ?? '';
  const found = words.length <= 1 ? namesOfCommands(commands) : await argumentsOf(commands, words);
  return found
    .filter(([text]) => text.startsWith(current) && PLAIN_WORD.test(text))
    .map(([text, help]) => `${text}\t${stripControl(help)}`);
}

const namesOfCommands = (commands) => [
  ...Object.entries(commands).map(([name, { summary }]) => [name, summary]),
  ['--help', 'prints all commands'],
  ['--version', 'prints the version'],
];

async function argumentsOf(commands, [name, ...words]) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return [];
  const options = { ...presentOptions(command.options ?? {}), ...HELP };
  const before = words.slice(0, -1);
  const { values, positionals } = parseArgs({ args: before, options, strict: false, allowPositionals: true });
  const waiting = optionWithoutValue(before.at(-1), options);
  if (waiting) return valuesOf(waiting, values);
  const [, prefix, option] = /^(--([\w-]+)=)/.exec(words.at(-1)) ?? [];
  if (option) return valuesAfter(prefix, optionWithoutValue(`--${option}`, options), values);
  if (words.at(-1).startsWith('-')) return optionsLeft(options, values);
  const table = Object.entries(command.positionals ?? {});
  if (positionals.length >= table.length) return optionsLeft(options, values);
  const given = Object.fromEntries(positionals.map((text, i) => [table[i][0], text]));
  const found = await Promise.all(
    nextPositionals(table, positionals.length).map((each) => valuesOf(each, { ...values, ...given })),
  );
  return found.flat();
}

/** The positional arguments that the next word may be: an optional one, or the one after it. */
const nextPositionals = (table, index) =>
  (table[index][1].optional ? table.slice(index, index + 2) : [table[index]]).map(([, each]) => each);

/** The option whose value is the next word. */
function optionWithoutValue(word = '', options) {
  const [, table] =
    Object.entries(options).find(([name, { short }]) => word === `--${name}` || word === `-${short}`) ?? [];
  return table?.type === 'string' ? table : undefined;
}

/** Values that are one word with their option: `--service=users`. */
async function valuesAfter(prefix, table, given) {
  const found = table ? await valuesOf(table, given) : [];
  return found.map(([text, help]) => [prefix + text, help]);
}

async function valuesOf({ values, names, value, help }, given) {
  if (values) return values.map((text) => [text, help]);
  if (names) return namesOf(names, given);
  return value === 'URL' ? [[defaultUrl(process.env), help]] : [];
}

const optionsLeft = (options, given) =>
  Object.entries(options)
    .filter(([name, { multiple }]) => multiple || given[name] === undefined)
    .map(([name, { help }]) => [`--${name}`, help]);
