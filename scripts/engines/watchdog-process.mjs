// Ends processes whose owner died. The owner holds the other end of standard input and writes, line by line, the whole
// list of processes to end: [{ pid, startTime, signal }]. End of input means that the owner is gone. Processes are asked
// with their own signal first and forced after the grace time (first argument, milliseconds).
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { isSameProcess } from './process-identity.mjs';

const graceMs = Number(process.argv[2]);
let charges = [];

// Whoever ends the owner's group must not end the one who cleans up after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) charges = JSON.parse(line);

const alive = () => charges.filter(isSameProcess);
for (const { pid, signal } of alive()) send(pid, signal);
const deadline = Date.now() + graceMs;
while (alive().length > 0 && Date.now() < deadline) await pause(50);
for (const { pid } of alive()) send(pid, 'SIGKILL');

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}
