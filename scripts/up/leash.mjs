// Loaded into every Node process that the supervisor starts: when the supervisor is gone the process ends in its own
// orderly way, and by force when that takes longer than the grace time.
const GRACE_MS = 5_000;

process.once('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
  else process.exit(0);
});
// A terminal's Ctrl-C may reach the whole group; only the supervisor decides the order of stopping.
process.on('SIGINT', () => undefined);
// Waiting for the supervisor is no reason to stay alive. A worker of such a process inherits this file and lives on what
// its own parent sends: with the channel unreferenced it would end between two jobs, as if it had done its work.
if (process.env.SIGNALBOX_LEASH_HOLDER === String(process.ppid)) process.channel?.unref();
