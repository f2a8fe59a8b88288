import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Connection {
  remoteAddress: string;
  remotePort: number;
}

const ESTABLISHED = '01';

/** TCP connections that a process has open to others, from proc(5). Connections it accepted are left out. */
export function outgoingConnections(pid: number): Connection[] {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1] ?? []));
  const mine = ['tcp', 'tcp6'].flatMap((table) => rows(`/proc/${pid}/net/${table}`)).filter((row) => sockets.has(row.inode));
  const listening = new Set(mine.filter((row) => row.state === '0A').map((row) => row.localPort));
  return mine.filter((row) => row.state === ESTABLISHED && !listening.has(row.localPort)).map(({ remoteAddress, remotePort }) => ({ remoteAddress, remotePort }));
}

function rows(file: string): { localPort: number; remoteAddress: string; remotePort: number; state: string; inode: string }[] {
  return readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => {
    const fields = line.trim().split(/\s+/);
    const [remoteAddress, remotePort] = fields[2]!.split(':');
    return { localPort: Number.parseInt(fields[1]!.split(':')[1]!, 16), remoteAddress: remoteAddress!, remotePort: Number.parseInt(remotePort!, 16), state: fields[3]!, inode: fields[9]! };
  });
}

/** A descriptor may be closed while we look. */
function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
