import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Responses to pipelined requests, which get their connection after the preceding ones are complete. Node before
 * version 24 does not close them if the client disconnects before that; here they close like all others. Uses one
 * listener per connection.
 */
export class QueuedResponses {
  private readonly waiting = new WeakMap<Socket, Set<ServerResponse>>();

  /** Ensures that `response` closes with its connection even before its turn. */
  watch(socket: Socket, response: ServerResponse): void {
    if (response.socket) return;
    const others = this.waiting.get(socket) ?? this.listen(socket);
    others.add(response);
    response.once('socket', () => others.delete(response));
  }

  private listen(socket: Socket): Set<ServerResponse> {
    const waiting = new Set<ServerResponse>();
    this.waiting.set(socket, waiting);
    socket.once('close', () => {
      for (const response of waiting) response.destroy();
      // Deferred until after node's own handling, so that no response emits `close` twice.
      process.nextTick(closeAll, waiting);
    });
    return waiting;
  }
}

function closeAll(responses: Iterable<ServerResponse>): void {
  for (const response of responses) if (!response.closed) response.emit('close');
}
