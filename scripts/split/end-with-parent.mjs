/**
 * Preloaded into each app of `npm run start:split`. When the script ends, for any reason, its side of the IPC channel
 * closes, and the app shuts down as after SIGTERM.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
