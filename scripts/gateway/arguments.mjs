import { parseArgs } from 'node:util';

const COMMON = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };

/**
 * The arguments of one command.
 * @param positionalNames names of the positional arguments, all of them required
 * @returns the options and positional arguments by name; `undefined` if an argument is wrong or missing
 */
export function readArguments(args, positionalNames, options = {}) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...COMMON, ...options },
      allowPositionals: true,
    });
    if (values.help) return values;
    if (positionals.length !== positionalNames.length) return undefined;
    return { ...values, ...Object.fromEntries(positionalNames.map((name, i) => [name, positionals[i]])) };
  } catch {
    return undefined;
  }
}
