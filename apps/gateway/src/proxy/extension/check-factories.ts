import { ConfigError } from '#service-kit';
import { DECLARED_NAME, repeatedName } from '../../policy/names.js';
import type { StageFactory, StagePosition } from './stage-api.js';

const POSITIONS: readonly StagePosition[] = ['admission', 'forwarding'];

/** @throws ConfigError with everything that is wrong with the stages of a program, which may be no TypeScript */
export function checkFactories(factories: readonly StageFactory[]): void {
  const problems = factories.flatMap(({ name, position = 'admission' }, i) => [
    ...(DECLARED_NAME.test(name) ? [] : [`stages[${i}].name must match ${DECLARED_NAME.source}`]),
    ...(POSITIONS.includes(position) ? [] : [`stages[${i}].position must be ${POSITIONS.join(' or ')}`]),
  ]);
  const repeated = repeatedName(factories.map(({ name }) => name));
  if (repeated !== undefined) problems.push(`stages has "${repeated}" twice`);
  if (problems.length > 0) throw new ConfigError(problems);
}
