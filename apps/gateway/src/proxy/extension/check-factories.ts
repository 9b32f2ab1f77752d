import { ConfigError } from '#service-kit';
import { DECLARED_NAME, repeatedName } from '../../policy/names.js';
import type { StageFactory, StagePosition } from './stage-api.js';

const POSITIONS: readonly StagePosition[] = ['admission', 'forwarding'];

/** What is wrong with the stage factory at index `i`. */
function problemsOf(factory: StageFactory | null | undefined, i: number): readonly string[] {
  if (typeof factory !== 'object' || factory === null) return [`stages[${i}] must be a stage factory`];
  const { name, position = 'admission' } = factory;
  const missing = (['validate', 'create'] as const).filter((each) => typeof factory[each] !== 'function');
  return [
    ...(DECLARED_NAME.test(name) ? [] : [`stages[${i}].name must match ${DECLARED_NAME.source}`]),
    ...(POSITIONS.includes(position) ? [] : [`stages[${i}].position must be ${POSITIONS.join(' or ')}`]),
    ...missing.map((each) => `stages[${i}].${each} must be a function`),
  ];
}

/** @throws ConfigError with everything that is wrong with the stages of a program, which may be no TypeScript */
export function checkFactories(factories: readonly StageFactory[]): void {
  if (!Array.isArray(factories)) throw new ConfigError(['stages must be an array of stage factories']);
  const problems = factories.flatMap(problemsOf);
  const repeated = repeatedName(
    factories.flatMap((each: StageFactory | null | undefined) => each?.name ?? []),
  );
  if (repeated !== undefined) problems.push(`stages has "${repeated}" twice`);
  if (problems.length > 0) throw new ConfigError(problems);
}
