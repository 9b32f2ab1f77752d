import { DECLARED_NAME } from '../names.js';
import { hintFor } from '../nearest-name.js';
import { placeOf, report, type Place, type Shape } from '../shapes.js';
import type { SettingsIssue, SettingsResult } from '../stage-settings.js';
import { shown, type Member } from '../yaml-source.js';

/** Settings of stages that a program adds, by the name of the stage. They are not checked if the program is not known. */
export const STAGES: Shape<ReadonlyMap<string, unknown>> = {
  read: (place) => {
    const { source, node, path } = place;
    const members = source.members(node, path);
    if (!members) return undefined;
    const entries = members.map((member) => [member.name, settingsOf(place, member)] as const);
    return entries.some(([, settings]) => settings === undefined) ? undefined : new Map(entries);
  },
  accepted: 'a mapping of stages that the program has',
  schema: {
    type: 'object',
    propertyNames: { pattern: DECLARED_NAME.source },
    // Only the program knows its stages.
    additionalProperties: true,
  },
};

function settingsOf(place: Place, member: Member): unknown {
  const { source, path, context } = place;
  const plain = source.plain(member.value) ?? {};
  if (!context.stages) {
    source.warn(
      member.key,
      `${path}.${member.name} is not checked: name the module that adds the stage by --stages`,
    );
    return plain;
  }
  const validator = context.stages.get(member.name);
  if (validator) return checked(placeOf(place, member), () => validator.validate(plain));
  const names = [...context.stages.keys()];
  const hint = names.length > 0 ? hintFor(member.name, names) : 'the program adds no stages';
  return report({ ...place, node: member.key }, `${path} has no member ${shown(member.name)}; ${hint}`);
}

function checked(place: Place, validate: () => SettingsResult<unknown>): unknown {
  const result = resultOf(validate);
  if (!result.issues) return result.value;
  for (const issue of result.issues) reportIssue(place, issue);
  return undefined;
}

/** A validator that throws has found settings that it does not expect. */
function resultOf(validate: () => SettingsResult<unknown>): SettingsResult<unknown> {
  try {
    const result: unknown = validate();
    if (result instanceof Promise) {
      // Without a handler, a rejection would end the process.
      result.catch(() => undefined);
      return { issues: [{ message: 'is validated asynchronously' }] };
    }
    return isResult(result) ? result : { issues: [{ message: 'validate returned no result' }] };
  } catch (error) {
    return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
}

/** The program may be no TypeScript. */
function isResult(result: unknown): result is SettingsResult<unknown> {
  if (typeof result !== 'object' || result === null) return false;
  const { issues } = result as { readonly issues?: unknown };
  return issues ? Array.isArray(issues) : 'value' in result;
}

/** Reports an issue at the innermost value on its path that is in the file. */
function reportIssue(place: Place, issue: Partial<SettingsIssue> | null): void {
  const { message = 'is not valid', path = [] } = issue ?? {};
  const names = path.map((each) => (typeof each === 'object' ? each.key : each));
  let { node } = place;
  for (const name of names) node = place.source.child(node, String(name)) ?? node;
  const full = names.map((name) => (typeof name === 'number' ? `[${name}]` : `.${String(name)}`)).join('');
  report({ ...place, node }, `${place.path}${full}: ${message}`);
}
