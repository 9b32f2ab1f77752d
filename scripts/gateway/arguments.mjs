import { parseArgs } from 'node:util';
import { usageError } from './command-error.mjs';

export const HELP = { help: { type: 'boolean', short: 'h', help: 'prints this text' } };

/**
 * The arguments of one command.
 * @param command its table: `positionals` and `options` by name. `values` are the only values that one may have; a
 *   positional argument that may be left out (`optional`) stands before the others
 * @returns the options and positional arguments by name
 * @throws CommandError if an argument is wrong or missing
 */
export function readArguments(args, { positionals = {}, options = {}, verify }) {
  const { values, positionals: given } = parse(args, { ...options, ...HELP });
  if (values.help) return values;
  const result = { ...withPresentNames(values, options), ...byName(given, Object.entries(positionals)) };
  for (const [name, table] of Object.entries({ ...positionals, ...options }))
    refuseOtherValues(table, result[name]);
  verify?.(result);
  return result;
}

function parse(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // The rest is advice about arguments that begin with a hyphen.
    throw usageError(error.message.split(/\.\s/)[0]);
  }
}

/** Earlier names of options (`replacedBy`) are still accepted. */
function withPresentNames(values, options) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [options[name]?.replacedBy ?? name, value]),
  );
}

function byName(given, table) {
  const required = table.filter(([, { optional }]) => !optional);
  const names = given.length === table.length ? table : required;
  if (given.length > table.length) throw usageError(`unexpected argument: ${given[table.length]}`);
  if (given.length !== names.length)
    throw usageError(`missing argument: ${required[Math.min(given.length, required.length - 1)][1].value}`);
  return Object.fromEntries(names.map(([name], i) => [name, given[i]]));
}

function refuseOtherValues({ values, value }, given) {
  if (values && given !== undefined && !values.includes(given))
    throw usageError(`${value} must be ${values.join(' or ')}, not ${given}`);
}
