/** What is wrong with settings; `path` are the names and indexes that lead to the wrong value. */
export interface SettingsIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The result of checking settings: the value, or why there is none. Validators of Standard Schema return the same. */
export type SettingsResult<Settings> =
  { readonly value: Settings; readonly issues?: undefined } | { readonly issues: readonly SettingsIssue[] };

/** Checks the settings of a stage that a program adds. */
export interface StageValidator<Settings = unknown> {
  validate(settings: unknown): SettingsResult<Settings>;
}

/** The stages that a program adds, by the name of their settings; `undefined`: the program is not known. */
export type StageValidators = ReadonlyMap<string, StageValidator> | undefined;

export const validatorsOf = (
  stages: readonly (StageValidator & { readonly name: string })[],
): StageValidators => new Map(stages.map((each) => [each.name, each]));
