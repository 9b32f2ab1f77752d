import { notFound, type Problem } from '#contracts';

export const noSuchProduct = (): Problem => notFound('there is no product of this id');
