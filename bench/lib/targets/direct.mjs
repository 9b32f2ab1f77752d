/** No proxy: the limit of load generator and upstream. */
export const direct = {
  name: 'direct',
  title: 'direct (no proxy)',
  prefix: '',
  missing: () => undefined,
  start: async ({ upstream }) => ({ url: `http://${upstream.addresses[0]}:${upstream.port}` }),
};
