/** Stands for the name of a service in examples. */
export const SERVICE_NAME = 'a name from GET /services';
