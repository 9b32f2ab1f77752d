import { HELP } from './arguments.mjs';

const WIDTH = 116;

/**
 * The usage of one command, from its table.
 * @param program how users call it
 */
export function usageOf(program, name, command) {
  const { summary, positionals = {}, options = {}, notes = [], exitCodes } = command;
  const present = presentOptions(options);
  const rows = [
    ...Object.values(positionals).map(({ value, help }) => [value, help]),
    ...Object.entries({ ...present, ...HELP }).map(([option, table]) => [labelOf(option, table), table.help]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    synopsisOf(program, name, command),
    wrapped(sentence(summary), 0),
    rows.map(([label, help]) => `  ${label.padEnd(width)}  ${wrapped(help, width + 4)}`).join('\n'),
    ...notes.map((note) => wrapped(note, 0)),
    wrapped(`exit code: ${exitCodesOf(exitCodes)}`, 11),
  ].join('\n\n');
}

/** All commands in a line each. */
export function overviewOf(program, commands) {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  return [
    `usage: ${program} COMMAND [ARGUMENT]...`,
    Object.entries(commands)
      .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${wrapped(summary, width + 4)}`)
      .join('\n'),
    `${program} COMMAND --help shows the arguments and exit codes of a command. ${program} --version prints the version.`,
    wrapped('exit code: 0 success, 1 failure, 2 the command is wrong', 11),
  ].join('\n\n');
}

/** The arguments of a command, in one line if they fit. */
export function synopsisOf(program, name, { positionals = {}, options = {} }) {
  const parts = [
    ...Object.values(positionals).map(({ value, optional }) => (optional ? `[${value}]` : value)),
    ...Object.entries(presentOptions(options)).map(([option, { value, multiple }]) => {
      const text = `[--${option}${value ? ` ${value}` : ''}]`;
      return multiple ? `${text}...` : text;
    }),
  ];
  const line = [`usage: ${program} ${name}`, ...parts].join(' ');
  return wrapped(line, `usage: ${program} ${name} `.length);
}

/** Options without the earlier names. */
export const presentOptions = (options) =>
  Object.fromEntries(Object.entries(options).filter(([, { replacedBy }]) => !replacedBy));

const labelOf = (option, { short, value }) =>
  `${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`;

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

const exitCodesOf = (exitCodes) =>
  Object.entries({ ...exitCodes, 2: exitCodes[2] ?? 'the command is wrong' })
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join('; ');

/** Text in lines of at most {@link WIDTH}, of which all but the first are indented. What stands in [] stays together. */
function wrapped(text, indent) {
  const lines = [''];
  for (const word of text.match(/\[[^\]]*\]\S*|\{[^}]*\}\S*|\S+/g)) {
    const line = lines.at(-1);
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
