import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Responses to pipelined requests, which get their connection when those before them are done. Node before version 24 forgets them
 * when the client leaves before that; here they close as the others do. One listener a connection, however many wait on it.
 */
export class QueuedResponses {
  private readonly waiting = new WeakMap<Socket, Set<ServerResponse>>();

  /** Sees to it that `response` closes with its connection even before its turn. */
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
      // Behind what node does itself, so that nobody hears of one end twice.
      process.nextTick(tellTheRest, waiting);
    });
    return waiting;
  }
}

function tellTheRest(responses: Iterable<ServerResponse>): void {
  for (const response of responses) if (!response.closed) response.emit('close');
}
