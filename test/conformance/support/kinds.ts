/** Data planes of the gateway: values of `DATA_PLANE`. */
export const PLANES = ['wire', 'node'] as const;
export type Plane = (typeof PLANES)[number];

/** Ways by which a request reaches a service; the results are the same for all. */
export const KINDS = [...PLANES, 'local'] as const;
export type Kind = (typeof KINDS)[number];
