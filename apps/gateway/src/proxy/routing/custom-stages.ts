import { defineProblem, type Problem } from '#contracts';
import type { Policy } from '../../policy/policy.js';
import type {
  Stage as CustomStage,
  StageContext,
  StageFactory,
  StagePosition,
  StageProblem,
} from '../extension/stage-api.js';
import { StageSlot, type PolicyCounts, type Stage } from '../exchange/stage.js';
import { guarded, ignoreRejection, isThenable } from './guarded-stage.js';
import type { RouteSurroundings } from './route-surroundings.js';

/** The route that stages of a program are built for. */
export interface CustomStageParts {
  readonly service: string;
  readonly name: string | undefined;
  readonly countsOf: (stage: string) => PolicyCounts;
  readonly around: Pick<RouteSurroundings, 'onStageError'>;
}

/** The stages of a program that the policy has settings for, in the order of their factories. */
export const customStagesOf = (
  { stages }: Policy,
  factories: readonly StageFactory[],
  parts: CustomStageParts,
): Readonly<Record<StagePosition, Stage[]>> => {
  const at = (position: StagePosition): Stage[] =>
    factories
      .filter((each) => (each.position ?? 'admission') === position && stages?.has(each.name))
      .map((factory) => build(factory, stages?.get(factory.name), parts));
  return { admission: at('admission'), forwarding: at('forwarding') };
};

function build(factory: StageFactory, settings: unknown, parts: CustomStageParts): Stage {
  try {
    const built: unknown = factory.create(settings, contextOf(factory, parts));
    if (isThenable(built)) ignoreRejection(built);
    if (!isStage(built)) throw new TypeError(`create of stage "${factory.name}" has returned no stage`);
    return guarded(built, parts.around.onStageError);
  } catch (error) {
    return failing(factory.name, error);
  }
}

/** A promise has no name: a stage that is still to come would let every request pass. */
const isStage = (built: unknown): built is CustomStage =>
  typeof (built as Partial<CustomStage> | null | undefined)?.name === 'string' && !isThenable(built);

/** Stands in for a stage that cannot be built: without it, the route could admit what the stage refuses. */
const failing = (name: string, error: unknown): Stage => ({
  name,
  request: () => {
    throw error;
  },
});

const contextOf = (factory: StageFactory, { service, name, countsOf }: CustomStageParts): StageContext => ({
  route: { name, service },
  counts: countsOf(factory.name),
  problem: (problem) => problemOf(problem, factory.name),
  exchangeState: () => new StageSlot(),
});

/** Members of the document that are not the stage's to choose. */
const RESERVED = ['type', 'title', 'status', 'detail', 'instance', 'requestId'];

/** @throws TypeError for a status that is no error, and for extensions that stand for other members of the document */
function problemOf(problem: StageProblem, stage: string): Problem {
  const { status, title, detail, code = stage, fields = {}, extensions = {} } = problem;
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new TypeError(`a problem of stage "${stage}" has a status that is not an integer from 400 to 599`);
  const reserved = RESERVED.find((each) => each in extensions);
  if (reserved !== undefined)
    throw new TypeError(
      `a problem of stage "${stage}" has an extension with the reserved name "${reserved}"`,
    );
  return defineProblem(code, status, title)(detail, { headers: fields, extensions });
}
