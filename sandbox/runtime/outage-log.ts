/** Says once that something stopped working and once that it works again, however often it is tried in between. */
export interface OutageLog {
  failed: (error: unknown) => void;
  succeeded: () => void;
}

export function createOutageLog(what: string, print: (line: string) => void = console.error): OutageLog {
  let isOut = false;
  return {
    failed(error) {
      if (!isOut) print(`sandbox: ${what}: ${error instanceof Error ? error.message : String(error)}; trying again`);
      isOut = true;
    },
    succeeded() {
      if (isOut) print(`sandbox: ${what}: works again`);
      isOut = false;
    },
  };
}
