import { notFound, type Problem } from '#contracts';

export const noSuchSampleItem = (): Problem => notFound('no sample item with this id exists');
