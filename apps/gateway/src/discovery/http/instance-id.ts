import { idFrom } from '#service-kit';

/** Stands for the id of an instance in examples. */
export const INSTANCE_ID = idFrom('/discovery/services');
