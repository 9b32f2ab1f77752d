/** The fields of a response that is a stream of server-sent events. */
export const EVENT_STREAM_FIELDS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // The connection closes with the stream, so that it does not delay the shutdown of the server.
  connection: 'close',
  // Disables response buffering in nginx.
  'x-accel-buffering': 'no',
} as const;
