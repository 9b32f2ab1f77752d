/** No proxy at all: what load and upstream can do by themselves. */
export const direct = {
  name: 'direct',
  title: 'direct (no proxy)',
  prefix: '',
  missing: () => undefined,
  start: async ({ upstream }) => ({ url: `http://${upstream.addresses[0]}:${upstream.port}` }),
};
